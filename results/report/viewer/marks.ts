/**
 * The operations of a close window as rectangles, and the sums of each node under them.
 *
 * What is narrower than a pixel and lies on a pixel already taken by its own kind is left out: a lane never costs more
 * than a few marks per pixel, however many operations it holds.
 */
import { OPEN } from '../data/header.ts';
import type { Data } from './data.ts';
import type { Mask } from './filter.ts';
import { firstSeen, type LaneIndex } from './lane-index.ts';

export interface Mark {
  readonly row: number;
  readonly lane: number;
  readonly outcome: number;
  /** Pixels of the plot; cut to its edges. */
  readonly x: number;
  readonly width: number;
}

export interface Close {
  readonly fromTicks: number;
  readonly ticksPerPixel: number;
  /** Pixels. */
  readonly width: number;
}

export function marksOf(data: Data, index: LaneIndex, mask: Mask, close: Close, nodes: NodeStrips): Mark[] {
  const { fromTicks, ticksPerPixel, width } = close;
  const toTicks = fromTicks + width * ticksPerPixel;
  const endTicks = data.header.durationNs / data.header.unitNs;
  const marks: Mark[] = [];
  for (let lane = 0; lane < data.header.lanes.length; lane++) {
    const taken = [-1, -1, -1];
    const last = index.offsets[lane + 1]!;
    for (let at = firstSeen(index, data, lane, fromTicks); at < last; at++) {
      const row = index.rows[at]!;
      const start = data.start[row]!;
      if (start > toTicks) break;
      if (mask && mask[row] === 0) continue;
      const duration = data.duration[row]!;
      const end = duration === OPEN ? endTicks : start + duration;
      if (end < fromTicks) continue;
      const outcome = data.outcome[row]!;
      const x = Math.max(-2, (start - fromTicks) / ticksPerPixel);
      const right = Math.min(width + 2, (end - fromTicks) / ticksPerPixel);
      nodes.add(data.node[row]!, outcome, x, right);
      if (right - x < 1 && Math.floor(right) <= taken[outcome]!) continue;
      taken[outcome] = Math.floor(right);
      marks.push({ row, lane, outcome, x, width: right - x });
    }
  }
  return marks;
}

/** Counts per pixel column of each node, as a pyramid's strip has them. */
export interface NodeStrips {
  readonly strips: readonly Float32Array[];
  add(node: number, outcome: number, x: number, right: number): void;
}

export function nodeStrips(nodes: number, nodeRow: Int32Array, width: number): NodeStrips {
  const strips = Array.from({ length: nodes }, () => new Float32Array(3 * width));
  return {
    strips,
    add: (node, outcome, x, right) => {
      const strip = strips[nodeRow[node] ?? -1];
      if (!strip) return;
      const last = Math.min(width - 1, Math.floor(right));
      for (let column = Math.max(0, Math.floor(x)); column <= last; column++) strip[column * 3 + outcome]! += 1;
    },
  };
}

/** A run of pixel columns in which a strip looks the same: heights in pixels from the lane's foot. */
export interface Stack {
  readonly x: number;
  readonly width: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
}

/**
 * Pixel columns as stacks of ok, fail and info in proportion, equal neighbours merged. A kind that is there at all gets
 * at least two pixels: one lost operation among a thousand must be seen.
 */
export function stacksOf(strip: Float32Array, height: number): Stack[] {
  const stacks: Stack[] = [];
  const kinds: [number, number, number] = [0, 0, 0];
  let begun = -1;
  const end = (x: number) => {
    const [ok, fail, info] = kinds;
    if (begun >= 0) stacks.push({ x: begun, width: x - begun, ok, fail, info });
  };
  const columns = strip.length / 3;
  for (let x = 0; x < columns; x++) {
    const [ok, fail, info] = shares(strip[x * 3]!, strip[x * 3 + 1]!, strip[x * 3 + 2]!, height);
    if (begun >= 0 && ok === kinds[0] && fail === kinds[1] && info === kinds[2]) continue;
    end(x);
    begun = ok + fail + info > 0 ? x : -1;
    kinds[0] = ok;
    kinds[1] = fail;
    kinds[2] = info;
  }
  end(columns);
  return stacks;
}

function shares(ok: number, fail: number, info: number, height: number): readonly [number, number, number] {
  const total = ok + fail + info;
  if (total === 0) return [0, 0, 0];
  const failPx = fail === 0 ? 0 : Math.max(2, Math.round((fail / total) * height));
  const infoPx = info === 0 ? 0 : Math.max(2, Math.round((info / total) * height));
  return [Math.max(ok === 0 ? 0 : 1, height - failPx - infoPx), failPx, infoPx];
}
