/** The anomalies on the ruler, the search's matches beside them, and the operations that prove the chosen one. */
import { startNs } from './data.ts';
import { RULER_HEIGHT } from './layout.ts';
import type { Palette } from './palette.ts';
import type { Scene } from './scene.ts';
import { FONT, line, type Pen } from './strokes.ts';

/** A ring around each operation that proves the chosen anomaly, with its number. */
export function paintWitnesses(pen: Pen, scene: Scene): void {
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

export function paintAnomalies(
  pen: Pen,
  { anomalies, chosenAnomaly, data, matches, palette, scale, width }: Scene,
): void {
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
