/** Why it is invalid: the fewest operations that prove it, in prose, as a picture, and step by step. */
import type { AnomalyFacts } from '../data/header.ts';
import { clockText, spanText } from '../data/text.ts';
import type { Band } from './bands.ts';
import { endNs, isOpen, opText, outcomeOf, processOf, startNs, type Data } from './data.ts';
import { el, fill, said, section, table, type Child } from './dom.ts';
import { figureOf, type Figure } from './figure.ts';
import { drawFigure } from './figure-svg.ts';
import type { View } from './view.ts';

export function explanationSection(data: Data, bands: readonly Band[], view: View): HTMLElement | null {
  const { anomalies } = data.header;
  if (anomalies.length === 0) return null;
  const body = el('div');
  const show = (index: number) => {
    const anomaly = anomalies[index];
    if (anomaly) fill(body, explain(data, anomaly, bands));
  };
  show(view.state.anomaly);
  view.listen((state, before) => {
    if (state.anomaly !== before.anomaly) show(state.anomaly);
  });
  return section('explanation', 'Explanation', anomalies.length > 1 ? picker(anomalies, view) : null, body);
}

function picker(anomalies: readonly AnomalyFacts[], view: View): HTMLElement {
  const select = el('select', { 'aria-label': 'Which anomaly to explain' });
  anomalies.forEach(({ kind, key }, i) => {
    const text = `${i + 1} of ${anomalies.length}: ${kind}${key === null ? '' : `, key ${key}`}`;
    select.append(el('option', { value: i }, text));
  });
  select.addEventListener('change', () => view.set({ anomaly: Number(select.value) }));
  view.listen(({ anomaly }) => (select.value = String(anomaly)));
  return el('p', {}, select);
}

function explain(data: Data, anomaly: AnomalyFacts, bands: readonly Band[]): Child[] {
  const rows = anomaly.smallest.length > 0 ? anomaly.smallest : anomaly.witnesses;
  const ops = rows.flatMap((row) => {
    const position = anomaly.positions.find((candidate) => candidate.row === row);
    return position ? [{ ...position, process: processOf(data, row) }] : [];
  });
  const figure = figureOf(ops);
  return [
    // The verdict's own sentence may have told it already.
    data.header.verdict.sentence.includes(anomaly.sentence)
      ? null
      : el('p', { class: 'lead' }, el('b', {}, said(anomaly.kind)), ': ', said(anomaly.sentence)),
    el('p', {}, intro(anomaly, rows.length)),
    el('ol', { class: 'witnesses' }, ...rows.map((row) => el('li', {}, ...tell(data, row)))),
    ops.length > 0 ? drawFigure(data, figure) : null,
    ops.length > 0
      ? el(
          'p',
          { class: 'note' },
          'In the order of events, not to scale. An arrow: the one had ended before the other began.',
        )
      : null,
    orderList(data, figure),
    el('p', {}, ...weather(data, rows, bands)),
    anomaly.steps.length > 0 ? steps(data, anomaly, rows) : null,
  ];
}

function intro({ smallest }: AnomalyFacts, count: number): string {
  if (smallest.length === 0) return count > 0 ? 'The operations that witness it:' : 'The checker named no operations.';
  return count === 1
    ? 'This one operation is enough to prove it; no other is needed:'
    : `These ${count} operations are enough to prove it; without any one of them nothing would be wrong:`;
}

/** `process 3 on n4: write 5, begun 00:37.901, ✓ ok after 4 ms`. */
function tell(data: Data, row: number): Child[] {
  const node = data.header.nodes[data.node[row] ?? 0] ?? null;
  const start = startNs(data, row);
  const ending = isOpen(data, row)
    ? '? never completed'
    : { ok: '✓ ok', fail: '✗ fail', info: '? info' }[outcomeOf(data, row)] +
      ` after ${spanText(endNs(data, row) - start)}`;
  return [
    `process ${processOf(data, row)}`,
    ...(node === null ? [] : [' on ', said(node)]),
    ': ',
    el('code', {}, said(opText(data, row))),
    `, begun ${clockText(start)}, ${ending}`,
  ];
}

function orderList(data: Data, { arrows, bars }: Figure): HTMLElement | null {
  if (arrows.length === 0) return null;
  const lines = arrows.map(([a, b]) => {
    const ended = endNs(data, bars[a]?.row ?? 0);
    const began = startNs(data, bars[b]?.row ?? 0);
    return el(
      'li',
      {},
      `${a + 1} ended at ${clockText(ended)}, ${spanText(Math.max(0, began - ended))} before ${b + 1} began at ${clockText(began)}`,
    );
  });
  return el('ul', { class: 'order' }, ...lines);
}

/** Which faults were in force while it happened, or the last one before. */
function weather(data: Data, rows: readonly number[], bands: readonly Band[]): Child[] {
  if (rows.length === 0) return [];
  const fromNs = Math.min(...rows.map((row) => startNs(data, row)));
  const toNs = Math.max(...rows.map((row) => endNs(data, row)));
  const during = bands.filter(({ effect }) => effect !== null && effect.fromNs <= toNs && effect.toNs >= fromNs);
  const since = ({ label, effect }: Band) => [said(label), ` since ${clockText(effect?.fromNs ?? 0)}`];
  if (during.length > 0)
    return ['In force meanwhile: ', ...during.flatMap((band, i) => [i > 0 ? '; ' : null, ...since(band)]), '.'];
  const before = bands.filter(({ effect }) => effect !== null && effect.toNs < fromNs).at(-1);
  if (!before?.effect) return ['No fault was in force, nor had any been before.'];
  return [
    'No fault was in force; the last one before, ',
    said(before.label),
    `, had ended ${spanText(fromNs - before.effect.toNs)} earlier.`,
  ];
}

function steps(data: Data, { steps }: AnomalyFacts, rows: readonly number[]): HTMLElement {
  return table(
    'The longest order that keeps the promise, and what the model held before and after each operation',
    ['place', 'proves', 'process', 'operation', 'state before', 'state after'],
    steps.map(({ row, position, before, after }) => [
      position === null ? { text: '✗ cannot be placed', kind: 'bad' } : { text: String(position + 1), kind: 'number' },
      { text: rows.includes(row) ? String(rows.indexOf(row) + 1) : '', kind: 'number' },
      { text: row < 0 ? '' : String(processOf(data, row)), kind: 'number' },
      { text: row < 0 ? '' : opText(data, row), kind: 'code' },
      { text: before ?? '–', kind: 'code' },
      { text: after ?? '–', kind: 'code' },
    ]),
  );
}
