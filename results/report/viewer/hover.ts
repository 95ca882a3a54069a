/** What stands under the pointer, and what is said about it. */
import { clockText } from '../data/text.ts';
import { activeAt, type Band } from './bands.ts';
import type { Data } from './data.ts';
import { detail } from './detail.ts';
import { el, said } from './dom.ts';
import type { Mask } from './filter.ts';
import { firstSeen, type LaneIndex } from './lane-index.ts';
import { laneAt, type Layout, type Scale } from './layout.ts';

/** A picture as the pointer needs to know it. */
export interface Ground {
  readonly data: Data;
  readonly bands: readonly Band[];
  readonly layout: Layout;
  readonly index: LaneIndex;
}

/** The operation under a point, with two pixels of grace at its sides; -1 for none. */
export function rowAt({ data, index, layout }: Ground, mask: Mask, scale: Scale, x: number, y: number): number {
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

/** Of an operation all that is known; of a fault or a node which faults were asked for then, and which were in force. */
export function tipAt(ground: Ground, mask: Mask, scale: Scale, at: { x: number; y: number }): HTMLElement | null {
  const row = rowAt(ground, mask, scale, at.x, at.y);
  if (row >= 0) return detail(ground.data, row, ground.bands);
  const lane = laneAt(ground.layout, at.y);
  if (lane?.kind !== 'fault' && lane?.kind !== 'node') return null;
  const ns = scale.ns(at.x);
  const asked = ground.bands.filter((band) => band.askedNs <= ns && ns <= band.askedToNs);
  const here = lane.kind === 'fault' ? asked : asked.filter(({ fault }) => fault.nodes.includes(lane.label));
  const active = new Set(activeAt(ground.bands, ns));
  const lines = here.map((band) =>
    el(
      'div',
      {},
      said(band.label),
      active.has(band) ? ': in force' : band.effect ? ': not in force' : ': effect NOT SEEN',
    ),
  );
  if (lines.length === 0) return null;
  return el('div', {}, el('strong', {}, `${lane.label} at ${clockText(ns)}`), ...lines);
}

export function placeTip(tip: HTMLElement, x: number, y: number, within: HTMLElement): void {
  const right = x + 16 + tip.offsetWidth > within.clientWidth;
  tip.style.left = `${Math.max(0, right ? x - 16 - tip.offsetWidth : x + 16)}px`;
  tip.style.top = `${Math.max(0, y + 16)}px`;
}
