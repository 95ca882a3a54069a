/** The timeline with all that belongs to it: controls, legend, the chosen operation, and the table of what is in sight. */
import { clockText, spanText } from '../data/text.ts';
import type { Band } from './bands.ts';
import { endNs, firstFrom, isOpen, opText, outcomeOf, processOf, startNs, type Data } from './data.ts';
import { detail, OUTCOME_WORDS } from './detail.ts';
import { el, fill, section, svg, table } from './dom.ts';
import type { Mask } from './filter.ts';
import { makeTimeline } from './timeline.ts';
import { makeToolbar } from './toolbar.ts';
import type { State, View } from './view.ts';

export function timelineSection(data: Data, bands: readonly Band[], view: View) {
  const timeline = makeTimeline(data, bands, view);
  const toolbar = makeToolbar(data, view, timeline.mask);
  const panel = el('div', { class: 'panel', 'aria-live': 'polite', hidden: true });
  const rows = el('div');
  const inView = el('details', { toggle: () => listRows() }, el('summary', {}, 'Operations in view, as a table'), rows);
  const listRows = () => {
    if (inView.open) fill(rows, [rowTable(data, timeline.mask(), view.state)]);
  };
  view.listen((state, before) => {
    if (state.chosen !== before.chosen) {
      panel.hidden = state.chosen < 0;
      if (state.chosen >= 0) fill(panel, [detail(data, state.chosen, bands)]);
    }
    if (state.fromNs !== before.fromNs || state.toNs !== before.toNs || state.filter !== before.filter) listRows();
  });
  const element = section('timeline', 'Timeline', toolbar.element, timeline.element, legend(), panel, inView);
  return { element, toolbar, index: timeline.index, mask: timeline.mask, start: timeline.start };
}

function legend(): HTMLElement {
  const item = (shape: SVGElement, text: string) =>
    el('span', { class: 'item' }, svg('svg', { width: 22, height: 14, 'aria-hidden': 'true' }, shape), text);
  return el(
    'p',
    { class: 'legend' },
    item(svg('rect', { x: 1, y: 1, width: 20, height: 12, class: 'ok' }), 'ok'),
    item(svg('rect', { x: 1, y: 7, width: 20, height: 6, class: 'fail' }), 'fail'),
    item(svg('path', { d: 'M21 1.5H1.5v11H21', class: 'info' }), 'info: fate unknown'),
    item(svg('rect', { x: 1, y: 1, width: 20, height: 12, class: 'effect' }), 'fault, measured effect'),
    item(svg('rect', { x: 1.5, y: 1.5, width: 19, height: 11, class: 'asked' }), 'fault, as asked for'),
    item(svg('path', { d: 'M4 2h14l-7 10z', class: 'anomaly' }), 'anomaly'),
    el('span', { class: 'keys' }, keys()),
  );
}

function keys(): string {
  return 'wheel or + − zoom · drag or ← → pan · 0 all · j k anomalies · / search · n N matches · , . neighbours · Esc clears';
}

const MOST_ROWS = 200;

function rowTable(data: Data, mask: Mask, { fromNs, toNs }: State): HTMLElement {
  const cells = [];
  let row = firstFrom(data, fromNs);
  for (; row < data.count && cells.length < MOST_ROWS && startNs(data, row) <= toNs; row++) {
    if (mask && mask[row] === 0) continue;
    cells.push([
      { text: clockText(startNs(data, row)), kind: 'number' as const },
      { text: isOpen(data, row) ? 'never' : spanText(endNs(data, row) - startNs(data, row)), kind: 'number' as const },
      { text: String(processOf(data, row)), kind: 'number' as const },
      { text: data.header.nodes[data.node[row] ?? 0] ?? '' },
      { text: data.header.keys[data.key[row] ?? 0] ?? '' },
      { text: opText(data, row), kind: 'code' as const },
      { text: OUTCOME_WORDS[outcomeOf(data, row)].split(':')[0] ?? '' },
      { text: data.header.errors[data.error[row] ?? 0] ?? '' },
    ]);
  }
  const more = row < data.count && startNs(data, row) <= toNs ? `, the first ${MOST_ROWS}; zoom in for the others` : '';
  return table(
    `Operations begun from ${clockText(fromNs)} to ${clockText(toNs)}${more}`,
    ['begun', 'took', 'process', 'node', 'key', 'operation', 'outcome', 'error'],
    cells,
  );
}
