/** What follows the pointer: the cursor's line, and a ring around the chosen operation. */
import { laneOf, startNs } from './data.ts';
import type { Ground } from './hover.ts';
import type { Scale } from './layout.ts';
import type { Palette } from './palette.ts';
import { line, type Pen } from './strokes.ts';
import type { State } from './view.ts';

/** Of the plot, in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly gutter: number;
}

export function paintOverlay(pen: Pen, ground: Ground, state: State, scale: Scale, size: Size, palette: Palette): void {
  const { height } = ground.layout;
  pen.clearRect(0, 0, size.gutter + size.width, height);
  pen.save();
  pen.beginPath();
  pen.rect(size.gutter, 0, size.width, height);
  pen.clip();
  pen.translate(size.gutter, 0);
  if (state.chosen >= 0) ring(pen, ground, state.chosen, scale, palette.accent);
  if (state.cursorNs !== null) {
    const x = Math.round(scale.x(state.cursorNs)) + 0.5;
    pen.strokeStyle = palette.ink;
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    line(pen, x, 0, x, height);
  }
  pen.restore();
}

function ring(pen: Pen, { data, layout }: Ground, row: number, scale: Scale, colour: string): void {
  const lane = layout.lanes.find(({ kind, index }) => kind === 'process' && index === laneOf(data, row));
  if (!lane) return;
  const x = scale.x(startNs(data, row));
  const to = scale.x(startNs(data, row) + (data.duration[row] ?? 0) * data.header.unitNs);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.strokeRect(x - 2, lane.y, Math.max(4, to - x) + 4, lane.height);
}
