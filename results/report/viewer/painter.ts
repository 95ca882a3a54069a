/**
 * Paints the timeline onto a canvas: labels and ruler here, the rest in the modules beside this one.
 *
 * Where things stand is decided elsewhere (`layout`, `marks`, `pyramid`); here are only strokes and fills.
 */
import { inert } from '../data/text.ts';
import type { Mark } from './marks.ts';
import { paintAnomalies, paintWitnesses } from './paint-anomalies.ts';
import { paintFaults, paintShadows } from './paint-faults.ts';
import { paintOperations } from './paint-operations.ts';
import type { Scene } from './scene.ts';
import { fit, FONT, line, type Pen } from './strokes.ts';
import { ticksOf } from './ticks.ts';

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
