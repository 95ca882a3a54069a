/** Latency and throughput: two charts on the timeline's clock, and what each kind cost in calm, fault and recovery. */
import { countText, spanText, clockText } from '../data/text.ts';
import type { PhaseRow } from '../data/header.ts';
import type { Band } from './bands.ts';
import { makeChart, type ChartSpec, type LineStyle } from './chart.ts';
import type { Data } from './data.ts';
import { el, fill, section, svg, table } from './dom.ts';
import { onSchemeChange, readPalette } from './palette.ts';
import { seriesOf, type Series } from './series.ts';
import type { View } from './view.ts';

const BUCKETS = 180;
/** New buckets are computed once the window has stood still for so long. */
const SETTLED_MS = 120;

const LATENCY: ChartSpec = {
  title: 'Latency of ok operations (logarithmic)',
  logarithmic: true,
  format: (power) => spanText(10 ** power),
  lines: [
    { label: 'p50', colour: 'accent', dash: [], width: 2 },
    { label: 'p99', colour: 'info', dash: [6, 3], width: 1.5 },
    { label: 'max', colour: 'muted', dash: [1.5, 3], width: 1.5 },
  ],
};
const THROUGHPUT: ChartSpec = {
  title: 'Operations per second',
  logarithmic: false,
  format: (value) => countText(Math.round(value)),
  lines: [
    { label: 'ok', colour: 'ok', dash: [], width: 2 },
    { label: 'fail', colour: 'fail', dash: [6, 3], width: 1.5 },
    { label: 'info', colour: 'info', dash: [1.5, 3], width: 1.5 },
  ],
};

export function latencySection(data: Data, bands: readonly Band[], view: View) {
  const { header } = data;
  const charts = [LATENCY, THROUGHPUT].map((spec) => makeChart(spec, bands, view, header));
  const kind = el('select', { 'aria-label': 'Kind of operation' }, el('option', { value: '' }, 'every kind'));
  header.fs.forEach((f, id) => kind.append(el('option', { value: id }, f)));
  const readout = el('output', { class: 'status' });
  const rows = el('div');
  const behind = el('details', { toggle: () => list() }, el('summary', {}, 'The charts, as a table'), rows);
  let series: Series | null = null;
  let settling = 0;

  const compute = () => {
    const { fromNs, toNs } = view.state;
    const f = kind.value === '' ? null : Number(kind.value);
    series = seriesOf(data, fromNs, toNs, BUCKETS, f);
    const { seconds, p50, p99, max, ok, fail, info } = series;
    charts[0]?.draw([seconds, logs(p50), logs(p99), logs(max)]);
    charts[1]?.draw([seconds, ok, fail, info]);
    list();
  };
  const list = () => {
    if (behind.open && series) fill(rows, [seriesTable(series)]);
  };
  const build = () => {
    const palette = readPalette();
    for (const chart of charts) chart.rebuild(palette);
  };
  const start = () => {
    compute();
    build();
    onSchemeChange(build);
    kind.addEventListener('change', compute);
    view.listen((state, before) => {
      if (state.cursorNs !== before.cursorNs) {
        for (const chart of charts) chart.point();
        readout.value = series && state.cursorNs !== null ? readoutText(series, state.cursorNs) : '';
      }
      if (state.fromNs === before.fromNs && state.toNs === before.toNs) return;
      for (const chart of charts) chart.follow();
      clearTimeout(settling);
      settling = window.setTimeout(compute, SETTLED_MS);
    });
  };
  const element = section(
    'latency',
    'Latency and throughput',
    el('div', { class: 'toolbar' }, kind, readout),
    ...[LATENCY, THROUGHPUT].flatMap((spec, i) => [
      el('h3', {}, spec.title, ' ', ...spec.lines.map(sample)),
      charts[i]?.element ?? null,
    ]),
    behind,
    phaseTable(header.phases, bands.length > 0),
    bands.length > 0 ? el('p', { class: 'note' }, PHASE_NOTE) : null,
  );
  return { element, start };
}

const logs = (spans: readonly (number | null)[]) =>
  spans.map((ns) => (ns === null ? null : Math.log10(Math.max(1, ns))));

const PHASE_NOTE =
  'Fault: from the first measured effect until the heal was asked for. Recovery: from then until it was measured, and at least 5\u00a0s. An operation belongs to the worst phase it touches.';

/** A line's own stroke beside its name: solid, dashed or dotted. */
function sample({ label, colour, dash, width }: LineStyle): HTMLElement {
  const stroke = svg('line', {
    x1: 0,
    x2: 22,
    y1: 6,
    y2: 6,
    'stroke-width': width,
    'stroke-dasharray': dash.join(' '),
  });
  stroke.style.stroke = `var(--${colour})`;
  return el('span', { class: 'item' }, svg('svg', { width: 22, height: 12, 'aria-hidden': 'true' }, stroke), label);
}

function readoutText({ seconds, p50, p99, max, ok, fail, info }: Series, cursorNs: number): string {
  const first = seconds[0] ?? 0;
  const width = (seconds[1] ?? first + 1) - first;
  const i = Math.max(0, Math.min(seconds.length - 1, Math.round((cursorNs / 1e9 - first) / width)));
  const span = (ns: number | null | undefined) => (ns == null ? '–' : spanText(ns));
  const rate = (perSecond: number | undefined) => countText(Math.round(perSecond ?? 0));
  return `${clockText(cursorNs)}  p50 ${span(p50[i])}  p99 ${span(p99[i])}  max ${span(max[i])}  ok ${rate(ok[i])}/s  fail ${rate(fail[i])}/s  info ${rate(info[i])}/s`;
}

function seriesTable({ seconds, p50, p99, max, ok, fail, info }: Series): HTMLElement {
  const span = (ns: number | null | undefined) => ({ text: ns == null ? '–' : spanText(ns), kind: 'number' as const });
  const rate = (n: number | undefined) => ({ text: countText(Math.round(n ?? 0)), kind: 'number' as const });
  return table(
    'Latency of ok operations and rates per second, by when the operations began',
    ['at', 'p50', 'p99', 'max', 'ok/s', 'fail/s', 'info/s'],
    seconds.map((s, i) => [
      { text: clockText(s * 1e9), kind: 'number' },
      span(p50[i]),
      span(p99[i]),
      span(max[i]),
      rate(ok[i]),
      rate(fail[i]),
      rate(info[i]),
    ]),
  );
}

/** Without faults there is nothing but calm. */
function phaseTable(phases: readonly PhaseRow[], faults: boolean): HTMLElement {
  const span = (ns: number | null) => ({ text: ns === null ? '–' : spanText(ns), kind: 'number' as const });
  return table(
    faults ? 'Calm, fault and recovery' : 'Latency of ok operations, by kind',
    ['operation', 'phase', 'ok', 'fail', 'info', 'p50', 'p99', 'max'],
    phases
      .filter(({ phase }) => faults || phase === 'calm')
      .map(({ f, phase, ok, fail, info, p50Ns, p99Ns, maxNs }) => [
        { text: f },
        { text: phase },
        { text: countText(ok), kind: 'number' },
        { text: countText(fail), kind: 'number' },
        { text: countText(info), kind: 'number' },
        span(p50Ns),
        span(p99Ns),
        span(maxNs),
      ]),
  );
}
