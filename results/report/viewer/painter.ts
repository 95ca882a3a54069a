/**
 * Paints the timeline onto a canvas: the ruler, the fault bands, the lanes. Where things stand is decided elsewhere
 * (`layout`, `marks`, `pyramid`); here are only strokes and fills.
 *
 * Outcomes differ in shape as well as in colour: ok is a full bar, fail a half bar at the foot, info an open frame.
 */
import { FAIL_CODE, INFO_CODE, OK_CODE } from '../data/header.ts';
import { inert } from '../data/text.ts';
import type { Band } from './bands.ts';
import { opText, startNs, type Data } from './data.ts';
import type { Mask } from './filter.ts';
import type { LaneIndex } from './lane-index.ts';
import { RULER_HEIGHT, type Lane, type Layout, type Scale } from './layout.ts';
import { marksOf, nodeStrips, stacksOf, type Mark } from './marks.ts';
import { hatch, type Palette } from './palette.ts';
import { levelFor, stripOf, type Pyramid } from './pyramid.ts';
import { ticksOf } from './ticks.ts';

export interface Scene {
  readonly data: Data;
  readonly layout: Layout;
  readonly bands: readonly Band[];
  readonly index: LaneIndex;
  readonly pyramid: Pyramid;
  readonly mask: Mask;
  readonly scale: Scale;
  /** Width of the labels, and of the plot right of them, in CSS pixels. */
  readonly gutter: number;
  readonly width: number;
  readonly palette: Palette;
  /** Moments of the anomalies, the chosen one's operations (numbered in this order), and the search's matches. */
  readonly anomalies: readonly number[];
  readonly chosenAnomaly: number;
  readonly witnesses: readonly number[];
  readonly matches: readonly number[];
}

export const FONT = '11px ui-sans-serif, system-ui, sans-serif';
const MONO = '10px ui-monospace, "DejaVu Sans Mono", monospace';

type Pen = CanvasRenderingContext2D;

/** Returns what was drawn at close range, none of it at wide zooms. */
export function paint(pen: Pen, scene: Scene): readonly Mark[] {
  const { gutter, width, layout, palette } = scene;
  pen.fillStyle = palette.paper;
  pen.fillRect(0, 0, gutter + width, layout.height);
  paintLabels(pen, scene);
  pen.save();
  pen.beginPath();
  pen.rect(gutter, 0, width, layout.height);
  pen.clip();
  pen.translate(gutter, 0);
  paintRuler(pen, scene);
  paintShadows(pen, scene);
  const marks = paintOperations(pen, scene);
  paintFaults(pen, scene);
  paintWitnesses(pen, scene);
  paintAnomalies(pen, scene);
  pen.restore();
  return marks;
}

function paintLabels(pen: Pen, { layout, palette, gutter }: Scene): void {
  pen.font = FONT;
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  pen.fillStyle = palette.muted;
  let free = 0;
  for (const lane of layout.lanes) {
    const middle = lane.y + lane.height / 2;
    if (middle - 6 < free || lane.label === '') continue;
    const label = gutter < 100 ? lane.label.replace(/^process /, 'p') : lane.label;
    pen.fillText(fit(inert(label), (gutter - 12) / 5.8), gutter - 8, middle + 0.5);
    free = middle + 6;
  }
}

function paintRuler(pen: Pen, { scale, width, layout, palette }: Scene): void {
  pen.font = FONT;
  pen.textAlign = 'left';
  pen.textBaseline = 'alphabetic';
  for (const { ns, text } of ticksOf(scale.fromNs, scale.ns(width), Math.max(2, width / 110))) {
    const x = Math.round(scale.x(ns)) + 0.5;
    pen.strokeStyle = palette.line;
    pen.lineWidth = 1;
    line(pen, x, 4, x, layout.height);
    pen.fillStyle = palette.muted;
    pen.fillText(text, x + 4, 13);
  }
}

/** Each measured effect as a faint band behind the lanes. */
function paintShadows(pen: Pen, { bands, scale, layout, palette }: Scene): void {
  pen.fillStyle = palette.fault;
  pen.globalAlpha = 0.09;
  for (const { effect } of bands) {
    if (!effect) continue;
    const x = scale.x(effect.fromNs);
    pen.fillRect(x, RULER_HEIGHT, Math.max(1, scale.x(effect.toNs) - x), layout.height - RULER_HEIGHT);
  }
  pen.globalAlpha = 1;
}

function paintOperations(pen: Pen, scene: Scene): readonly Mark[] {
  const { data, layout, pyramid, scale, width } = scene;
  const unit = data.header.unitNs;
  const ticksPerPixel = scale.nsPerPixel / unit;
  const fromTicks = scale.fromNs / unit;
  const level = levelFor(pyramid, ticksPerPixel);
  if (level) {
    const strip = new Float32Array(3 * Math.ceil(width));
    for (const lane of layout.lanes) {
      if (lane.kind === 'fault') continue;
      const row = lane.kind === 'process' ? lane.index : data.header.lanes.length + lane.index;
      stripOf(pyramid, level, row, fromTicks, ticksPerPixel, strip);
      paintStrip(pen, scene, lane, strip);
    }
    return [];
  }
  const nodes = nodeStrips(layout.nodes.length, layout.nodeRow, Math.ceil(width));
  const marks = marksOf(data, scene.index, scene.mask, { fromTicks, ticksPerPixel, width }, nodes);
  for (const lane of layout.lanes) {
    const strip = lane.kind === 'node' ? nodes.strips[lane.index] : undefined;
    if (strip) paintStrip(pen, scene, lane, strip);
  }
  paintMarks(pen, scene, marks);
  return marks;
}

function paintStrip(pen: Pen, { palette }: Scene, lane: Lane, strip: Float32Array): void {
  const height = lane.height - inset(lane) * 2;
  const foot = lane.y + lane.height - inset(lane);
  for (const { x, width, ok, fail, info } of stacksOf(strip, height)) {
    if (ok > 0) rect(pen, palette.ok, x, foot - fail - ok, width, ok);
    // Alone, each keeps the shape it has at close range.
    if (fail > 0)
      rect(pen, palette.fail, x, foot - (ok + info > 0 ? fail : height / 2), width, ok + info > 0 ? fail : height / 2);
    if (info > 0 && (ok + fail > 0 || width < 4)) rect(pen, palette.info, x, foot - height, width, info);
    else if (info > 0) {
      pen.strokeStyle = palette.info;
      frame(pen, x, foot - height, width, height);
    }
  }
}

function paintMarks(pen: Pen, scene: Scene, marks: readonly Mark[]): void {
  const { palette } = scene;
  const lanes = scene.layout.lanes.filter(({ kind }) => kind === 'process');
  const height = lanes[0]?.height ?? 0;
  const gap = lanes[0] ? inset(lanes[0]) : 0;
  const tall = height - 2 * gap;
  pen.lineWidth = 1;
  for (const outcome of [OK_CODE, FAIL_CODE, INFO_CODE]) {
    pen.fillStyle = pen.strokeStyle = [palette.ok, palette.fail, palette.info][outcome] ?? palette.info;
    for (const mark of marks) {
      if (mark.outcome !== outcome) continue;
      const y = (lanes[mark.lane]?.y ?? 0) + gap;
      // A hair of air between neighbours, as long as there is something left to see.
      const w = mark.width > 3 ? mark.width - 1 : Math.max(1, mark.width);
      if (outcome === FAIL_CODE) pen.fillRect(mark.x, y + tall / 2, w, tall / 2);
      else if (outcome === OK_CODE || w < 4) pen.fillRect(mark.x, y, w, tall);
      else frame(pen, mark.x, y, w, tall);
    }
  }
  if (tall < 12) return;
  pen.font = MONO;
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  for (const mark of marks) {
    if (mark.width < 26) continue;
    const x = Math.max(0, mark.x);
    const text = fit(inert(opText(scene.data, mark.row)), (mark.x + mark.width - x - 7) / 6.05);
    pen.fillStyle = mark.outcome === OK_CODE ? palette['on-ok'] : palette.ink;
    pen.fillText(text, x + 3, (lanes[mark.lane]?.y ?? 0) + height / 2 + 0.5);
  }
}

/** An open frame: the right side is missing, since nobody knows how it ended. */
function frame(pen: Pen, x: number, y: number, width: number, height: number): void {
  pen.beginPath();
  pen.moveTo(x + width, y + 0.5);
  pen.lineTo(x + 0.5, y + 0.5);
  pen.lineTo(x + 0.5, y + height - 0.5);
  pen.lineTo(x + width, y + height - 0.5);
  pen.stroke();
}

function paintFaults(pen: Pen, scene: Scene): void {
  const { bands, layout, palette } = scene;
  const pattern = hatch(pen, palette.fault);
  for (const band of bands) {
    for (const lane of layout.lanes) {
      if (lane.kind === 'fault' && lane.index === band.track) paintBand(pen, scene, band, lane, pattern);
      else if (lane.kind === 'node' && band.fault.nodes.includes(lane.label) && band.effect) {
        const x = scene.scale.x(band.effect.fromNs);
        const width = Math.max(1, scene.scale.x(band.effect.toNs) - x);
        rect(pen, palette.fault, x, lane.y + lane.height - 4, width, 3);
      }
    }
  }
}

function paintBand(
  pen: Pen,
  { scale, palette, width }: Scene,
  band: Band,
  lane: Lane,
  pattern: CanvasPattern | string,
) {
  const asked = scale.x(band.askedNs);
  const askedTo = Math.max(asked + 2, scale.x(band.askedToNs));
  const y = lane.y + 2;
  const height = lane.height - 4;
  pen.strokeStyle = palette.fault;
  pen.lineWidth = 1;
  pen.globalAlpha = band.effect ? 0.45 : 0.9;
  pen.setLineDash(band.effect ? [] : [3, 3]);
  pen.strokeRect(asked + 0.5, y + 0.5, askedTo - asked - 1, height - 1);
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  if (band.effect) {
    const from = scale.x(band.effect.fromNs);
    const to = Math.max(from + 2, scale.x(band.effect.toNs));
    pen.globalAlpha = 0.22;
    rect(pen, palette.fault, from, y, to - from, height);
    pen.globalAlpha = 0.5;
    pen.fillStyle = pattern;
    pen.fillRect(from, y, to - from, height);
    pen.globalAlpha = 1;
  }
  const left = Math.max(4, asked + 4);
  const room = (Math.min(width, askedTo) - left - 4) / 5.9;
  const text = inert(band.effect ? band.label : `NOT SEEN: ${band.label}`);
  if (room < 4) return;
  pen.font = FONT;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  const shown = fit(text, room);
  pen.fillStyle = palette.paper;
  pen.globalAlpha = 0.85;
  pen.fillRect(left - 2, y + 2, pen.measureText(shown).width + 4, height - 4);
  pen.globalAlpha = 1;
  pen.fillStyle = palette.ink;
  pen.fillText(shown, left, y + height / 2 + 0.5);
}

/** A ring around each operation that proves the chosen anomaly, with its number. */
function paintWitnesses(pen: Pen, scene: Scene): void {
  const { data, layout, palette, scale, witnesses } = scene;
  const lanes = layout.lanes.filter(({ kind }) => kind === 'process');
  witnesses.forEach((row, i) => {
    const lane = lanes[data.header.laneOf[data.process[row] ?? 0] ?? 0];
    if (!lane) return;
    const x = scale.x(startNs(data, row));
    const to = scale.x(startNs(data, row) + (data.duration[row] ?? 0) * data.header.unitNs);
    const width = Math.max(5, to - x);
    pen.strokeStyle = palette.bad;
    pen.lineWidth = 2;
    pen.strokeRect(x - 1.5, lane.y - 0.5, width + 3, lane.height + 1);
    badge(pen, palette, String(i + 1), x - 2, lane.y + lane.height / 2);
  });
}

function badge(pen: Pen, palette: Palette, text: string, right: number, y: number): void {
  pen.beginPath();
  pen.arc(right - 8, y, 7.5, 0, 2 * Math.PI);
  pen.fillStyle = palette.bad;
  pen.fill();
  pen.fillStyle = palette.paper;
  pen.font = `bold ${FONT}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(text, right - 8, y + 0.5);
}

function paintAnomalies(pen: Pen, { anomalies, chosenAnomaly, data, matches, palette, scale, width }: Scene): void {
  pen.strokeStyle = palette.accent;
  pen.lineWidth = 1;
  let last = -2;
  for (const row of matches) {
    const x = Math.round(scale.x(startNs(data, row)));
    if (x <= last + 1 || x < 0 || x > width) continue;
    line(pen, x + 0.5, RULER_HEIGHT - 9, x + 0.5, RULER_HEIGHT - 2);
    last = x;
  }
  anomalies.forEach((ns, i) => {
    const x = scale.x(ns);
    pen.beginPath();
    pen.moveTo(x - 6, 18);
    pen.lineTo(x + 6, 18);
    pen.lineTo(x, 28);
    pen.closePath();
    pen.fillStyle = pen.strokeStyle = palette.bad;
    pen.lineWidth = 1.5;
    if (i === chosenAnomaly) pen.fill();
    pen.stroke();
  });
}

const inset = (lane: Lane) => (lane.height >= 10 ? 2 : 0.5);

function rect(pen: Pen, colour: string, x: number, y: number, width: number, height: number): void {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

function line(pen: Pen, x0: number, y0: number, x1: number, y1: number): void {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

/** Cut to so many characters, with an ellipsis. */
function fit(text: string, room: number): string {
  const most = Math.floor(room);
  return text.length <= most ? text : most < 2 ? '' : `${text.slice(0, most - 1)}…`;
}
