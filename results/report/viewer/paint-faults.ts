/** The faults: their own lanes, a line under each node that suffers, and a faint shadow over all lanes. */
import { inert } from '../data/text.ts';
import type { Band } from './bands.ts';
import { RULER_HEIGHT, type Lane } from './layout.ts';
import { hatch } from './palette.ts';
import type { Scene } from './scene.ts';
import { fit, FONT, rect, type Pen } from './strokes.ts';

/** Each measured effect as a faint band behind the lanes. */
export function paintShadows(pen: Pen, { bands, scale, layout, palette }: Scene): void {
  pen.fillStyle = palette.fault;
  pen.globalAlpha = 0.09;
  for (const { effect } of bands) {
    if (!effect) continue;
    const x = scale.x(effect.fromNs);
    pen.fillRect(x, RULER_HEIGHT, Math.max(1, scale.x(effect.toNs) - x), layout.height - RULER_HEIGHT);
  }
  pen.globalAlpha = 1;
}

export function paintFaults(pen: Pen, scene: Scene): void {
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
