/**
 * The timeline: a canvas with the lanes, a second one above it for what follows the pointer, and the tooltip.
 *
 * The lower canvas is painted when the window, the filter or the scheme changes; the upper one at every move of the
 * cursor, which therefore never waits for a million operations.
 */
import type { Band } from './bands.ts';
import { provingRows, startNs, type Data } from './data.ts';
import { el, fill } from './dom.ts';
import { maskOf, type Mask } from './filter.ts';
import { listenToGestures } from './gestures.ts';
import { placeTip, rowAt, tipAt, type Ground } from './hover.ts';
import { indexLanes, type LaneIndex } from './lane-index.ts';
import { gutterOf, layoutLanes, scaleOf, type Scale } from './layout.ts';
import { paintOverlay, type Size } from './overlay.ts';
import { onSchemeChange, readPalette } from './palette.ts';
import { paint } from './painter.ts';
import { buildPyramid, type Pyramid } from './pyramid.ts';
import type { State, View } from './view.ts';

export interface Timeline {
  readonly element: HTMLElement;
  readonly index: LaneIndex;
  /** The operations that pass the filter now. */
  readonly mask: () => Mask;
  /** To be called once the element stands in the page. */
  readonly start: () => void;
}

const PLOT_LABEL =
  'Timeline of the run. Plus and minus zoom, arrows pan, comma and full stop step through operations, j and k through anomalies. The operations in view are in the table below.';

export function makeTimeline(data: Data, bands: readonly Band[], view: View): Timeline {
  const ground: Ground = { data, bands, layout: layoutLanes(data.header, bands), index: indexLanes(data) };
  const mask = filteredBy(data, view);
  const canvas = makeCanvas(ground, view, mask);
  const tip = el('div', { class: 'tip', hidden: true });
  const element = el(
    'div',
    { class: 'plot', tabindex: 0, role: 'application', 'aria-label': PLOT_LABEL },
    canvas.lower,
    canvas.upper,
    tip,
  );
  element.style.height = `${ground.layout.height}px`;

  const hovered = (at: { x: number; y: number } | null) => {
    view.set({ cursorNs: at ? canvas.scale().ns(at.x) : null });
    const content = at ? tipAt(ground, mask(), canvas.scale(), at) : null;
    tip.hidden = !content;
    if (!content || !at) return;
    fill(tip, [content]);
    placeTip(tip, canvas.size().gutter + at.x, at.y, element);
  };
  const clicked = (x: number, y: number) =>
    view.set({ chosen: rowAt(ground, mask(), canvas.scale(), x, y), cursorNs: canvas.scale().ns(x) });
  const { durationNs } = data.header;
  listenToGestures({ element: canvas.upper, ...canvas, durationNs, hovered, clicked }, view);
  return {
    element,
    index: ground.index,
    mask,
    start: () => {
      view.listen(canvas.changed);
      new ResizeObserver(() => canvas.resize(element.clientWidth)).observe(element);
      onSchemeChange(canvas.recolour);
      canvas.resize(element.clientWidth);
    },
  };
}

/** The two canvases and when each is painted. */
function makeCanvas(ground: Ground, view: View, mask: () => Mask) {
  const lower = el('canvas', { 'aria-hidden': 'true' });
  const upper = el('canvas', { 'aria-hidden': 'true' });
  const { height } = ground.layout;
  let pyramid = pyramidOf(ground, mask());
  let palette = readPalette();
  let size: Size = { width: 0, gutter: 0 };
  let scale: Scale = scaleOf(view.state, 1);

  const overlay = () => {
    const pen = penOf(upper);
    if (pen) paintOverlay(pen, ground, view.state, scale, size, palette);
  };
  const repaint = () => {
    const pen = penOf(lower);
    if (!pen || size.width < 1) return;
    const begun = performance.now();
    scale = scaleOf(view.state, size.width);
    paint(pen, { ...ground, pyramid, mask: mask(), scale, palette, ...size, ...marked(ground.data, view.state) });
    // What was painted, and what it cost in ms, for tests and the benchmark.
    lower.dataset['painted'] = `${view.state.fromNs} ${view.state.toNs}`;
    lower.dataset['cost'] = String(performance.now() - begun);
    overlay();
  };
  const resize = (all: number) => {
    const gutter = gutterOf(all);
    size = { width: Math.max(0, all - gutter), gutter };
    for (const canvas of [lower, upper]) {
      canvas.width = Math.round(all * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    }
    repaint();
  };
  const changed = (state: State, before: State) => {
    if (state.filter !== before.filter) pyramid = pyramidOf(ground, mask());
    if (looksSame(state, before)) overlay();
    else repaint();
  };
  const recolour = () => {
    palette = readPalette();
    repaint();
  };
  return { lower, upper, resize, changed, recolour, scale: () => scale, size: () => size };
}

function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const pen = canvas.getContext('2d');
  pen?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  return pen;
}

/** Whether two states differ only in what the upper canvas shows. */
function looksSame(a: State, b: State): boolean {
  return (
    a.filter === b.filter &&
    a.fromNs === b.fromNs &&
    a.toNs === b.toNs &&
    a.anomaly === b.anomaly &&
    a.matches === b.matches
  );
}

function marked(data: Data, { anomaly, matches }: State) {
  const anomalies = data.header.anomalies.map(({ witnesses }) => startNs(data, witnesses.at(-1) ?? 0));
  return { anomalies, chosenAnomaly: anomaly, witnesses: provingRows(data, anomaly), matches };
}

/** The mask of the filter in force, made anew when that changes: whoever asks first, nobody gets an old one. */
function filteredBy(data: Data, view: View): () => Mask {
  let { filter } = view.state;
  let mask = maskOf(data, filter);
  return () => {
    if (view.state.filter !== filter) {
      ({ filter } = view.state);
      mask = maskOf(data, filter);
    }
    return mask;
  };
}

function pyramidOf({ data, layout }: Ground, mask: Mask): Pyramid {
  const where = { lanes: data.header.lanes.length, nodes: layout.nodes.length, nodeRow: layout.nodeRow };
  return buildPyramid(data, where, mask);
}
