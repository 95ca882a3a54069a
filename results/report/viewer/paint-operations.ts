/**
 * The operations: strips from the pyramid at wide zooms, each one by itself at close range.
 *
 * Outcomes differ in shape as well as in colour: ok is a full bar, fail a half bar at the foot, info an open frame.
 */
import { FAIL_CODE, INFO_CODE, OK_CODE } from '../data/header.ts';
import { inert } from '../data/text.ts';
import { opText } from './data.ts';
import type { Lane } from './layout.ts';
import { marksOf, nodeStrips, stacksOf, type Mark } from './marks.ts';
import { levelFor, stripOf } from './pyramid.ts';
import type { Scene } from './scene.ts';
import { fit, frame, MONO, rect, type Pen } from './strokes.ts';

/** Returns what was drawn at close range, none of it at wide zooms. */
export function paintOperations(pen: Pen, scene: Scene): readonly Mark[] {
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

const inset = (lane: Lane) => (lane.height >= 10 ? 2 : 0.5);
