/** Draws an explanation's picture as SVG, from the layout in `figure`. */
import { clockText } from '../data/text.ts';
import { endNs, opText, outcomeOf, startNs, type Data } from './data.ts';
import { el, svg } from './dom.ts';
import type { Bar, Figure } from './figure.ts';

const LEFT = 92;
const COLUMN = 132;
const LINE = 74;
const TOP = 14;
const BAR = 22;

export function drawFigure(data: Data, figure: Figure): HTMLElement {
  const width = LEFT + figure.columns * COLUMN + 24;
  const height = TOP + figure.processes.length * LINE + 8;
  const drawing = svg(
    'svg',
    {
      class: 'figure',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': spoken(data, figure),
    },
    svg(
      'defs',
      {},
      svg(
        'marker',
        { id: 'tip', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: 'auto' },
        svg('path', { d: 'M0 0L10 5L0 10z' }),
      ),
    ),
    ...figure.processes.flatMap((process, line) => [
      svg('line', { class: 'lane', x1: LEFT, x2: width - 8, y1: middle(line), y2: middle(line) }),
      svg('text', { class: 'who', x: LEFT - 12, y: middle(line) + 4, 'text-anchor': 'end' }, `process ${process}`),
    ]),
    ...figure.arrows.map(([a, b]) => arrow(figure, a, b)),
    ...figure.bars.map((bar, i) => drawBar(data, figure, bar, i)),
  );
  return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'The operations in order' }, drawing);
}

const middle = (line: number) => TOP + line * LINE + LINE / 2;
const x = (column: number) => LEFT + column * COLUMN + COLUMN / 2;

function drawBar(data: Data, figure: Figure, bar: Bar, i: number): SVGElement {
  const from = x(bar.from);
  const to = bar.to === null ? x(figure.columns - 1) + COLUMN / 2 : x(bar.to);
  const y = middle(bar.line) - BAR / 2;
  const next = Math.min(
    ...figure.bars.filter((b) => b.line === bar.line && b.from > bar.from).map((b) => x(b.from)),
    Infinity,
  );
  const room = Math.floor((Math.min(next - 8, LEFT + figure.columns * COLUMN + 20) - from) / 7.3);
  const name = opText(data, bar.row);
  const node = data.header.nodes[data.node[bar.row] ?? 0];
  const label = node === null || node === undefined ? name : `${name} on ${node}`;
  const outcome = outcomeOf(data, bar.row);
  const shape =
    bar.to === null
      ? svg('path', { class: 'open', d: `M${to} ${y + 0.5}H${from}v${BAR - 1}H${to}` })
      : svg('rect', { class: outcome, x: from, y, width: to - from, height: BAR, rx: 3 });
  const ended =
    bar.to === null
      ? null
      : svg('text', { class: 'when', x: to, y: y + BAR + 14, 'text-anchor': 'end' }, clockText(endNs(data, bar.row)));
  return svg(
    'g',
    {},
    shape,
    svg('circle', { class: 'badge', cx: from, cy: y + BAR / 2, r: 10 }),
    svg('text', { class: 'number', x: from, y: y + BAR / 2 + 4, 'text-anchor': 'middle' }, String(i + 1)),
    svg(
      'text',
      { class: 'what', x: from, y: y - 6 },
      label.length > room ? `${label.slice(0, Math.max(1, room - 1))}…` : label,
    ),
    svg('text', { class: 'when', x: from, y: y + BAR + 14 }, clockText(startNs(data, bar.row))),
    ended,
  );
}

/** From the end of one bar to the beginning of the next, which always lies to the right. */
function arrow({ bars }: Figure, a: number, b: number): SVGElement {
  const [first, second] = [bars[a], bars[b]];
  const x0 = x(first?.to ?? 0) + 2;
  const x1 = x(second?.from ?? 0) - 12;
  const y0 = middle(first?.line ?? 0);
  const y1 = middle(second?.line ?? 0);
  const bend = Math.max(24, (x1 - x0) / 2);
  return svg('path', {
    class: 'before',
    'marker-end': 'url(#tip)',
    d: `M${x0} ${y0}C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`,
  });
}

function spoken(data: Data, { bars, arrows }: Figure): string {
  const named = bars.map(({ row }, i) => `${i + 1}: ${opText(data, row)}`);
  const order = arrows.map(([a, b]) => `${a + 1} before ${b + 1}`);
  return `${named.join(', ')}. ${order.join(', ')}.`;
}
