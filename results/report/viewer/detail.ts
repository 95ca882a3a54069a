/** What is known of one operation, as names and texts: for the tooltip, the panel and the tables alike. */
import { clockText, spanText } from '../data/text.ts';
import { activeAt, type Band } from './bands.ts';
import { endNs, isOpen, opText, outcomeOf, processOf, startNs, type Data } from './data.ts';
import { el, said } from './dom.ts';
import { placementOf } from './placement.ts';

export const OUTCOME_WORDS = {
  ok: '✓ ok',
  fail: '✗ fail: it certainly did not happen',
  info: '? info: nobody knows whether it happened',
} as const;

export type Fact = readonly [name: string, text: string];

export function factsOf(data: Data, row: number, bands: readonly Band[]): Fact[] {
  const { header } = data;
  const facts: Fact[] = [['outcome', OUTCOME_WORDS[outcomeOf(data, row)]]];
  const put = (name: string, text: string | null | undefined) => {
    if (text !== null && text !== undefined && text !== '') facts.push([name, text]);
  };
  put('error', header.errors[data.error[row] ?? 0]);
  put('key', header.keys[data.key[row] ?? 0]);
  put('process', String(processOf(data, row)));
  put('node', header.nodes[data.node[row] ?? 0]);
  const start = startNs(data, row);
  const end = endNs(data, row);
  put('time', isOpen(data, row) ? `${clockText(start)}, never completed` : `${clockText(start)} to ${clockText(end)}`);
  if (!isOpen(data, row)) put('took', spanText(end - start));
  put(
    'faults',
    activeAt(bands, start)
      .map(({ label }) => label)
      .join('; '),
  );
  put('order', placeText(data, row));
  put('model state', stateText(data, row));
  put('history', `line ${(data.invoke[row] ?? 0) + 1} of history.jsonl`);
  return facts;
}

/** `#5 of 120 in the order found`. */
function placeText(data: Data, row: number): string | null {
  const placement = placementOf(data, row);
  if (!placement || outcomeOf(data, row) === 'fail') return null;
  const { place, size, isWhole } = placement;
  const order = isWhole ? 'the order found' : 'the longest prefix that has an order';
  if (place !== null) return `#${place + 1} of ${size} in ${order}`;
  return outcomeOf(data, row) === 'info' ? `not in ${order}: it need not have happened` : `not in ${order}`;
}

/** What the model held around the operation, by the explanation that placed it or by the order found. */
function stateText(data: Data, row: number): string | null {
  for (const { steps } of data.header.anomalies) {
    const step = steps.find((candidate) => candidate.row === row);
    if (!step) continue;
    return step.position === null ? 'cannot be placed in any order' : change(step.before, step.after);
  }
  const placement = placementOf(data, row);
  return placement?.after == null ? null : change(placement.before, placement.after);
}

function change(before: string | null, after: string | null): string {
  return before === after ? (after ?? '') : `${before ?? '?'} → ${after ?? '?'}`;
}

/** The operation's name over its facts. */
export function detail(data: Data, row: number, bands: readonly Band[]): HTMLElement {
  const facts = factsOf(data, row, bands).flatMap(([name, text]) => [el('dt', {}, name), el('dd', {}, said(text))]);
  return el('div', {}, el('strong', { class: 'op' }, said(opText(data, row))), el('dl', {}, ...facts));
}
