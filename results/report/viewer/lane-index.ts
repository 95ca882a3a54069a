/**
 * The operations of each lane, in order of start: what is drawn at close range is found by binary search per lane.
 *
 * A lane holds one operation at a time, so the only one that reaches into a window from before it is the one just left
 * of it; an index over all lanes could not say that.
 */
import { laneOf, type Data } from './data.ts';
import type { Mask } from './filter.ts';

export interface LaneIndex {
  /** Lane l owns `rows[offsets[l]] .. rows[offsets[l + 1] - 1]`. */
  readonly offsets: Uint32Array;
  readonly rows: Uint32Array;
}

export function indexLanes(data: Data): LaneIndex {
  const lanes = data.header.lanes.length;
  const offsets = new Uint32Array(lanes + 1);
  const lane = Uint32Array.from(data.header.laneOf);
  for (let row = 0; row < data.count; row++) offsets[lane[data.process[row]!]! + 1]!++;
  for (let l = 0; l < lanes; l++) offsets[l + 1]! += offsets[l]!;
  const rows = new Uint32Array(data.count);
  const next = offsets.slice();
  for (let row = 0; row < data.count; row++) rows[next[lane[data.process[row]!]!]!++] = row;
  return { offsets, rows };
}

/** Position in `rows` of the lane's first operation that may be seen at or after `ticks`. */
export function firstSeen({ offsets, rows }: LaneIndex, data: Data, lane: number, ticks: number): number {
  const begin = offsets[lane] ?? 0;
  let low = begin;
  let high = offsets[lane + 1] ?? begin;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data.start[rows[middle]!]! < ticks) low = middle + 1;
    else high = middle;
  }
  return Math.max(begin, low - 1);
}

/** The row before or after another in its lane that passes the filter, or -1. */
export function neighbour(index: LaneIndex, data: Data, mask: Mask, row: number, step: 1 | -1): number {
  const lane = laneOf(data, row);
  let at = firstSeen(index, data, lane, data.start[row] ?? 0);
  const begin = index.offsets[lane] ?? 0;
  const end = index.offsets[lane + 1] ?? 0;
  while (at < end && index.rows[at] !== row) at++;
  do at += step;
  while (at >= begin && at < end && mask && mask[index.rows[at] ?? 0] === 0);
  return at >= begin && at < end ? (index.rows[at] ?? -1) : -1;
}
