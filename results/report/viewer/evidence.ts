/** What the verdict stands on: how much happened, which faults really struck, and what is missing. */
import type { FaultEvidence } from '../../verdict.ts';
import type { Effect } from '../../history/fault-event.ts';
import { clockText, countText } from '../data/text.ts';
import type { Data } from './data.ts';
import { el, said, section, table, type Cell } from './dom.ts';

export function evidenceSection({ header }: Data): HTMLElement {
  const { evidence, faults } = header;
  const missing = evidence?.missing ?? [];
  return section(
    'evidence',
    'Evidence',
    missing.length > 0
      ? el(
          'div',
          { class: 'reasons' },
          el('p', {}, 'Missing:'),
          el('ul', {}, ...missing.map((text) => el('li', {}, said(text)))),
        )
      : null,
    evidence
      ? counts(evidence)
      : el('p', {}, 'The verdict carries no evidence; the faults below are read from the history.'),
    faults.length > 0 ? faultTable(faults) : el('p', {}, 'No fault was injected in this run.'),
    ...faults.map(measures),
  );
}

function counts(evidence: NonNullable<Data['header']['evidence']>): HTMLElement {
  const { ok, fail, info } = evidence.operations;
  const rows: [string, number][] = [
    ['✓ ok operations', ok],
    ['✗ fail operations', fail],
    ['? info operations', info],
    ...Object.entries(evidence.okByF).map(([f, count]): [string, number] => [`ok ${f}`, count]),
    ['ok during faults', evidence.okDuringFaults],
    ['ok reads after the last heal', evidence.finalReads],
  ];
  return table(
    'How much happened',
    ['what', 'count'],
    rows.map(([name, count]) => [{ text: name }, { text: countText(count), kind: 'number' }]),
  );
}

function faultTable(faults: readonly FaultEvidence[]): HTMLElement {
  const moment = (ns: number | undefined): Cell => ({ text: ns === undefined ? '–' : clockText(ns), kind: 'number' });
  return table(
    'Faults: what was asked for and what was measured',
    ['#', 'fault', 'where', 'asked', 'first effect', 'last effect', 'heal asked', 'healed', 'effect', 'recovery'],
    faults.map((fault) => [
      { text: String(fault.id), kind: 'number' },
      { text: fault.fault },
      { text: fault.error === undefined ? fault.describe : `${fault.describe} (${fault.error})` },
      moment(fault.askedNs),
      moment(fault.firstEffectNs),
      moment(fault.lastEffectNs),
      moment(fault.healAskedNs),
      moment(fault.healedNs),
      seenCell(fault.firstEffectNs !== undefined && fault.effect?.seen !== false),
      seenCell(fault.healedNs !== undefined && fault.recovery?.seen !== false),
    ]),
  );
}

const seenCell = (seen: boolean): Cell =>
  seen ? { text: '✓ seen', kind: 'good' } : { text: '✗ NOT SEEN', kind: 'bad' };

/** Link by link, node by node. */
function measures(fault: FaultEvidence): HTMLElement | null {
  const rows = [...rowsOf('effect', fault.effect), ...rowsOf('recovery', fault.recovery)];
  if (rows.length === 0) return null;
  const missed = [fault.effect, fault.recovery]
    .flatMap((effect) => effect?.measures ?? [])
    .filter(({ seen }) => !seen).length;
  const title = `#${fault.id} ${fault.fault} ${fault.describe}: ${rows.length} measurements, ${missed === 0 ? 'all seen' : `${missed} NOT SEEN`}`;
  return el(
    'details',
    {},
    el('summary', {}, said(title)),
    table(`Measured of fault ${fault.id}`, ['of', 'link or node', 'measured', 'first', 'last', 'seen'], rows),
  );
}

function rowsOf(of: string, effect: Effect | undefined): Cell[][] {
  return (effect?.measures ?? []).map(({ where, what, seen, firstNs, lastNs }) => [
    { text: of },
    { text: where, kind: 'code' },
    { text: what },
    { text: firstNs === undefined ? '–' : clockText(firstNs), kind: 'number' },
    { text: lastNs === undefined ? '–' : clockText(lastNs), kind: 'number' },
    seenCell(seen),
  ]);
}
