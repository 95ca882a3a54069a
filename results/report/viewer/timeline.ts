/**
 * The timeline: a canvas with the lanes, a second one above it for what follows the pointer, and the tooltip.
 *
 * The lower canvas is painted when the window, the filter or the scheme changes; the upper one at every move of the
 * cursor, which therefore never waits for a million operations.
 */
import { activeAt, type Band } from './bands.ts';
import { laneOf, startNs, type Data } from './data.ts';
import { detail } from './detail.ts';
import { el, fill, said } from './dom.ts';
import { maskOf, type Mask } from './filter.ts';
import { listenToGestures } from './gestures.ts';
import { indexLanes, firstSeen, type LaneIndex } from './lane-index.ts';
import { laneAt, layoutLanes, scaleOf, type Layout, type Scale } from './layout.ts';
import type { Mark } from './marks.ts';
import { onSchemeChange, readPalette } from './palette.ts';
import { paint } from './painter.ts';
import { buildPyramid, type Pyramid } from './pyramid.ts';
import { clockText } from '../data/text.ts';
import type { State, View } from './view.ts';

export interface Timeline {
  readonly element: HTMLElement;
  readonly index: LaneIndex;
  /** The operations that pass the filter now. */
  readonly mask: () => Mask;
  /** To be called once the element stands in the page. */
  readonly start: () => void;
}

interface Parts {
  readonly data: Data;
  readonly bands: readonly Band[];
  readonly view: View;
  readonly layout: Layout;
  readonly index: LaneIndex;
}

export function makeTimeline(data: Data, bands: readonly Band[], view: View): Timeline {
  const layout = layoutLanes(data.header, bands);
  const index = indexLanes(data);
  const parts: Parts = { data, bands, view, layout, index };
  const lower = el('canvas', { 'aria-hidden': 'true' });
  const upper = el('canvas', { 'aria-hidden': 'true' });
  const tip = el('div', { class: 'tip', hidden: true });
  const element = el(
    'div',
    { class: 'plot', tabindex: 0, role: 'application', 'aria-label': PLOT_LABEL },
    lower,
    upper,
    tip,
  );
  element.style.height = `${layout.height}px`;

  const mask = filteredBy(data, view);
  let pyramid = pyramidOf(parts, mask());
  let palette = readPalette();
  let size = { width: 0, gutter: 0 };
  let scale = scaleOf(view.state, 1);
  let marks: readonly Mark[] = [];

  const repaint = () => {
    const pen = lower.getContext('2d', { alpha: false });
    if (!pen || size.width < 1) return;
    const begun = performance.now();
    scale = scaleOf(view.state, size.width);
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const { anomaly, matches } = view.state;
    const anomalies = data.header.anomalies.map(({ witnesses }) => startNs(data, witnesses.at(-1) ?? 0));
    const witnesses = provingRows(data, anomaly);
    const scene = {
      data,
      layout,
      bands,
      index,
      pyramid,
      mask: mask(),
      scale,
      palette,
      matches,
      anomalies,
      witnesses,
      ...size,
    };
    marks = paint(pen, { ...scene, chosenAnomaly: anomaly });
    element.dataset['painted'] = `${marks.length > 0 ? 'close' : 'wide'} ${view.state.fromNs} ${view.state.toNs}`;
    element.dataset['cost'] = String(performance.now() - begun);
    overlay();
  };
  const overlay = () => {
    const pen = upper.getContext('2d');
    if (!pen) return;
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, size.gutter + size.width, layout.height);
    const { cursorNs, chosen } = view.state;
    if (chosen >= 0) ring(pen, parts, chosen, scale, size, palette.accent);
    if (cursorNs === null) return;
    const x = size.gutter + Math.round(scale.x(cursorNs)) + 0.5;
    if (x < size.gutter) return;
    pen.strokeStyle = palette.ink;
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.lineTo(x, layout.height);
    pen.stroke();
    pen.setLineDash([]);
  };
  const resize = () => {
    const width = element.clientWidth;
    const gutter = gutterOf(width);
    size = { width: Math.max(0, width - gutter), gutter };
    for (const canvas of [lower, upper]) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(layout.height * devicePixelRatio);
    }
    repaint();
  };
  const changed = (state: State, before: State) => {
    if (state.filter !== before.filter) {
      pyramid = pyramidOf(parts, mask());
    }
    const same =
      state.filter === before.filter &&
      state.fromNs === before.fromNs &&
      state.toNs === before.toNs &&
      state.anomaly === before.anomaly &&
      state.matches === before.matches;
    if (same) overlay();
    else repaint();
  };
  const hovered = (at: { x: number; y: number } | null) => {
    view.set({ cursorNs: at ? scale.ns(at.x) : null });
    const found = at ? tipAt(parts, mask(), scale, at) : null;
    tip.hidden = !found;
    if (!found || !at) return;
    fill(tip, [found.content]);
    placeTip(tip, size.gutter + at.x, at.y, element);
  };
  listenToGestures(
    {
      element: upper,
      gutter: () => size.gutter,
      scale: () => scale,
      width: () => size.width,
      durationNs: data.header.durationNs,
      hovered,
      clicked: (x, y) => view.set({ chosen: rowAt(parts, mask(), scale, x, y), cursorNs: scale.ns(x) }),
    },
    view,
  );
  return {
    element,
    index,
    mask,
    start: () => {
      view.listen(changed);
      new ResizeObserver(resize).observe(element);
      onSchemeChange(() => {
        palette = readPalette();
        repaint();
      });
      resize();
    },
  };
}

const PLOT_LABEL =
  'Timeline of the run. Plus and minus zoom, arrows pan, comma and full stop step through operations, j and k through anomalies. The operations in view are in the table below.';

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

/** Charts align to the same gutter. */
export function gutterOf(width: number): number {
  return width < 640 ? 64 : 104;
}

/** The operations to be ringed: the fewest that prove the anomaly, or else its witnesses. */
export function provingRows(data: Data, anomaly: number): readonly number[] {
  const chosen = data.header.anomalies[anomaly];
  if (!chosen) return [];
  return chosen.smallest.length > 0 ? chosen.smallest : chosen.witnesses;
}

function pyramidOf({ data, layout }: Parts, mask: Mask): Pyramid {
  const where = { lanes: data.header.lanes.length, nodes: layout.nodes.length, nodeRow: layout.nodeRow };
  return buildPyramid(data, where, mask);
}

/** The operation under a point, with two pixels of grace at its sides; -1 for none. */
function rowAt({ data, index, layout }: Parts, mask: Mask, scale: Scale, x: number, y: number): number {
  const lane = laneAt(layout, y);
  if (lane?.kind !== 'process') return -1;
  const unit = data.header.unitNs;
  const from = scale.ns(x - 2) / unit;
  const to = scale.ns(x + 2) / unit;
  const end = index.offsets[lane.index + 1] ?? 0;
  let found = -1;
  for (let at = firstSeen(index, data, lane.index, from); at < end; at++) {
    const row = index.rows[at] ?? 0;
    const start = data.start[row] ?? 0;
    if (start > to) break;
    if ((mask && mask[row] === 0) || start + (data.duration[row] ?? 0) < from) continue;
    found = row;
  }
  return found;
}

function tipAt(parts: Parts, mask: Mask, scale: Scale, at: { x: number; y: number }): { content: HTMLElement } | null {
  const row = rowAt(parts, mask, scale, at.x, at.y);
  if (row >= 0) return { content: detail(parts.data, row, parts.bands) };
  const lane = laneAt(parts.layout, at.y);
  if (lane?.kind !== 'fault' && lane?.kind !== 'node') return null;
  const ns = scale.ns(at.x);
  const asked = parts.bands.filter((band) => band.askedNs <= ns && ns <= band.askedToNs);
  const here = lane.kind === 'fault' ? asked : asked.filter(({ fault }) => fault.nodes.includes(lane.label));
  const active = new Set(activeAt(parts.bands, ns));
  const lines = here.map((band) =>
    el('div', {}, said(band.label), active.has(band) ? ': effect measured' : ': asked for, no effect measured'),
  );
  if (lines.length === 0) return null;
  return { content: el('div', {}, el('strong', {}, `${lane.label} at ${clockText(ns)}`), ...lines) };
}

function placeTip(tip: HTMLElement, x: number, y: number, within: HTMLElement): void {
  const right = x + 16 + tip.offsetWidth > within.clientWidth;
  tip.style.left = `${Math.max(0, right ? x - 16 - tip.offsetWidth : x + 16)}px`;
  tip.style.top = `${Math.max(0, y + 16)}px`;
}

function ring(
  pen: CanvasRenderingContext2D,
  { data, layout }: Parts,
  row: number,
  scale: Scale,
  { gutter, width }: { gutter: number; width: number },
  colour: string,
): void {
  const lane = layout.lanes.find(({ kind, index }) => kind === 'process' && index === laneOf(data, row));
  if (!lane) return;
  pen.save();
  pen.beginPath();
  pen.rect(gutter, 0, width, layout.height);
  pen.clip();
  const x = scale.x(startNs(data, row));
  const to = scale.x(startNs(data, row) + (data.duration[row] ?? 0) * data.header.unitNs);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.strokeRect(gutter + x - 2, lane.y, Math.max(4, to - x) + 4, lane.height);
  pen.restore();
}
