/** The controls above the timeline: anomalies, filters, search, zoom. Each only changes the view. */
import { countText } from '../data/text.ts';
import { endNs, provingRows, startNs, type Data } from './data.ts';
import { el } from './dom.ts';
import { countMask, MOST_MATCHES, search, type Mask } from './filter.ts';
import { windowForKey } from './gestures.ts';
import { NO_FILTER, windowAround, type Filter, type State, type View } from './view.ts';

export interface Toolbar {
  readonly element: HTMLElement;
  /** Move to the next (1) or previous (-1) anomaly. */
  stepAnomaly(step: 1 | -1): void;
  stepMatch(step: 1 | -1): void;
  focusSearch(): void;
}

export function makeToolbar(data: Data, view: View, mask: () => Mask): Toolbar {
  const { header } = data;
  const status = el('output', { class: 'status', 'aria-live': 'polite' });
  const query = el('input', {
    type: 'search',
    placeholder: 'Search: 42, key:17, error:timeout',
    'aria-label': 'Search operations',
    spellcheck: 'false',
  });

  const run = () => {
    const matches = search(data, query.value, mask());
    view.set({ matches, chosen: -1 });
    if (query.value.trim() !== '') step(matches, 1);
  };
  const step = (matches: readonly number[], by: 1 | -1) => {
    const next = nextOf(matches, view.state.chosen, by);
    if (next === undefined) return;
    view.set({ chosen: next, ...centred(data, next, view.state) });
  };
  const goTo = (anomaly: number) => {
    const moments = provingRows(data, anomaly).flatMap((row) => [startNs(data, row), endNs(data, row)]);
    view.set({ anomaly, ...windowAround(moments, header.durationNs) });
  };
  const stepAnomaly = (by: 1 | -1) => {
    const last = header.anomalies.length - 1;
    if (last >= 0) goTo(Math.max(0, Math.min(last, view.state.anomaly + by)));
  };

  query.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') run();
    if (event.key === 'Escape') {
      query.value = '';
      run();
      query.blur();
    }
  });
  query.addEventListener('search', () => {
    if (query.value === '') run();
  });

  const zoom = (key: string, name: string, shown: string) =>
    button(shown, name, () => view.set(windowForKey(key, view, header) ?? {}));
  const element = el(
    'div',
    { class: 'toolbar' },
    header.anomalies.length > 0
      ? el(
          'span',
          { class: 'group' },
          button('▼ Jump to first anomaly', 'Jump to first anomaly', () => goTo(0)),
          button('k ↑', 'Previous anomaly (k)', () => stepAnomaly(-1)),
          button('j ↓', 'Next anomaly (j)', () => stepAnomaly(1)),
        )
      : null,
    ...filters(data, view),
    query,
    el(
      'span',
      { class: 'group' },
      zoom('-', 'Zoom out (-)', '−'),
      zoom('0', 'Whole run (0)', 'all'),
      zoom('+', 'Zoom in (+)', '+'),
    ),
    status,
  );
  const tell = (state: State) => {
    status.value = statusText(data, mask(), state, query.value);
  };
  tell(view.state);
  view.listen(tell);
  return {
    element,
    stepAnomaly,
    stepMatch: (by) => step(view.state.matches, by),
    focusSearch: () => {
      query.focus();
      query.select();
    },
  };
}

function statusText(data: Data, mask: Mask, { matches }: State, query: string): string {
  const shown = countMask(mask, data.count);
  const all = countText(data.count);
  const part = mask ? `${countText(shown)} of ${all} operations` : `${all} operations`;
  if (query.trim() === '') return part;
  const most = matches.length === MOST_MATCHES ? 'at least ' : '';
  return `${part}; ${most}${countText(matches.length)} match${matches.length === 1 ? '' : 'es'}, n and N step through`;
}

/** The next match after the chosen row, around the end. */
export function nextOf(matches: readonly number[], chosen: number, by: 1 | -1): number | undefined {
  if (chosen < 0) return by === 1 ? matches[0] : matches.at(-1);
  const after = by === 1 ? matches.find((row) => row > chosen) : matches.findLast((row) => row < chosen);
  return after ?? (by === 1 ? matches[0] : matches.at(-1));
}

/** The window moved, if it must, so that the row is in sight. */
export function centred(data: Data, row: number, { fromNs, toNs }: State): Partial<State> {
  const ns = startNs(data, row);
  if (ns > fromNs && ns < toNs) return { cursorNs: ns };
  const half = (toNs - fromNs) / 2;
  return { fromNs: Math.max(0, ns - half), toNs: Math.max(0, ns - half) + 2 * half, cursorNs: ns };
}

function filters(data: Data, view: View): HTMLElement[] {
  const { keys, nodes, fs } = data.header;
  const choose = (name: string, field: keyof Filter, options: readonly (readonly [string, string])[]) => {
    const select = el('select', { 'aria-label': `Filter by ${name}` }, el('option', { value: '' }, `every ${name}`));
    for (const [value, text] of options) select.append(el('option', { value }, text));
    const show = ({ filter }: State) => {
      select.value = String(filter[field] ?? '');
      select.classList.toggle('on', filter[field] !== null);
    };
    show(view.state);
    view.listen(show);
    select.addEventListener('change', () => {
      const chosen = select.value === '' ? null : field === 'outcome' ? select.value : Number(select.value);
      view.set({ filter: { ...NO_FILTER, ...view.state.filter, [field]: chosen } });
    });
    return select;
  };
  const named = (table: readonly (string | null)[], name: string) =>
    table.flatMap((text, id): [string, string][] => (text === null ? [] : [[String(id), `${name} ${text}`]]));
  const made: HTMLElement[] = [];
  if (keys.length > 1) made.push(choose('key', 'key', keyOptions(data)));
  if (nodes.length > 1) made.push(choose('node', 'node', named(nodes, 'node')));
  made.push(
    choose(
      'kind',
      'f',
      fs.map((f, id) => [String(id), f]),
    ),
  );
  made.push(
    choose('outcome', 'outcome', [
      ['ok', '✓ ok'],
      ['fail', '✗ fail'],
      ['info', '? info'],
    ]),
  );
  return made;
}

/** A list of more keys than this helps nobody; then only those of the anomalies stand in it, and search finds the others. */
const MOST_KEYS = 2_000;

function keyOptions({ header: { keys, anomalies } }: Data): [string, string][] {
  const failing = new Set(anomalies.map(({ key }) => key));
  return keys.flatMap((key, id): [string, string][] =>
    key !== null && (keys.length <= MOST_KEYS || failing.has(key)) ? [[String(id), `key ${key}`]] : [],
  );
}

function button(text: string, name: string, pressed: () => void): HTMLButtonElement {
  return el('button', { type: 'button', title: name, 'aria-label': name, click: pressed }, text);
}
