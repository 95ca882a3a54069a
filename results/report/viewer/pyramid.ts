/**
 * Counts for wide zooms: how many operations of each outcome were under way in each bin of time, per lane and per node,
 * at every power of two of bin width. Painting a window then costs its pixels, not its operations.
 */
import { OPEN } from '../data/header.ts';
import type { Data } from './data.ts';
import type { Mask } from './filter.ts';

export interface Level {
  readonly bins: number;
  /** Width of a bin in units of the columns. */
  readonly binTicks: number;
  /** `counts[(outcome * rows + row) * bins + bin]`. */
  readonly counts: Uint32Array;
}

export interface Pyramid {
  readonly rows: number;
  /** The finest level first. */
  readonly levels: readonly Level[];
}

/** Lanes first, then nodes. */
export interface PyramidRows {
  readonly lanes: number;
  readonly nodes: number;
  /** Row of an operation's node among the nodes, or -1, by node id. */
  readonly nodeRow: Int32Array;
}

/** Cells per outcome at the finest level; with 25 rows that is 32,768 bins. */
const MOST_CELLS = 2 ** 20;
const MOST_BINS = 2 ** 16;

export function buildPyramid(data: Data, where: PyramidRows, mask: Mask): Pyramid {
  const rows = where.lanes + where.nodes;
  const total = Math.ceil(data.header.durationNs / data.header.unitNs) + 1;
  let bins = MOST_BINS;
  while (bins > 1 && (bins * rows > MOST_CELLS || bins > total)) bins /= 2;
  const levels = [finest(data, where, mask, rows, bins, total / bins)];
  for (let level = levels[0]; level && level.bins > 1; level = levels.at(-1)) levels.push(halve(level, rows));
  return { rows, levels };
}

/** Each operation adds one where it begins and takes one off behind its end; a running sum makes counts of it. */
function finest(data: Data, where: PyramidRows, mask: Mask, rows: number, bins: number, binTicks: number): Level {
  const stride = bins + 1;
  const edges = new Int32Array(3 * rows * stride);
  const lane = Uint32Array.from(data.header.laneOf);
  for (let row = 0; row < data.count; row++) {
    if (mask && mask[row] === 0) continue;
    const start = data.start[row]!;
    const duration = data.duration[row]!;
    const first = Math.min(bins - 1, (start / binTicks) | 0);
    const last = duration === OPEN ? bins - 1 : Math.min(bins - 1, ((start + duration) / binTicks) | 0);
    const plane = data.outcome[row]! * rows;
    const inLane = (plane + lane[data.process[row]!]!) * stride;
    edges[inLane + first]!++;
    edges[inLane + last + 1]!--;
    const node = where.nodeRow[data.node[row]!]!;
    if (node >= 0) {
      const inNode = (plane + where.lanes + node) * stride;
      edges[inNode + first]!++;
      edges[inNode + last + 1]!--;
    }
  }
  const counts = new Uint32Array(3 * rows * bins);
  for (let line = 0; line < 3 * rows; line++) {
    let under = 0;
    for (let bin = 0; bin < bins; bin++) counts[line * bins + bin] = under += edges[line * stride + bin]!;
  }
  return { bins, binTicks, counts };
}

function halve({ bins, binTicks, counts }: Level, rows: number): Level {
  const half = bins >> 1;
  const sums = new Uint32Array(3 * rows * half);
  for (let line = 0; line < 3 * rows; line++) {
    for (let bin = 0; bin < half; bin++) {
      sums[line * half + bin] = counts[line * bins + 2 * bin]! + counts[line * bins + 2 * bin + 1]!;
    }
  }
  return { bins: half, binTicks: binTicks * 2, counts: sums };
}

/** The coarsest level whose bins are still no wider than a pixel, or null where even the finest is too coarse. */
export function levelFor({ levels }: Pyramid, ticksPerPixel: number): Level | null {
  let best: Level | null = null;
  for (const level of levels) if (level.binTicks <= ticksPerPixel) best = level;
  return best;
}

/** Counts per pixel column of one row: three per column (ok, fail, info), into `out`. */
export function stripOf(
  { rows }: Pyramid,
  level: Level,
  row: number,
  fromTicks: number,
  ticksPerPixel: number,
  out: Float32Array,
): void {
  const columns = out.length / 3;
  const { bins, binTicks, counts } = level;
  for (let column = 0; column < columns; column++) {
    const first = Math.max(0, Math.floor((fromTicks + column * ticksPerPixel) / binTicks));
    const last = Math.min(bins - 1, Math.ceil((fromTicks + (column + 1) * ticksPerPixel) / binTicks) - 1);
    for (let outcome = 0; outcome < 3; outcome++) {
      const base = (outcome * rows + row) * bins;
      let sum = 0;
      for (let bin = first; bin <= last; bin++) sum += counts[base + bin]!;
      out[column * 3 + outcome] = sum;
    }
  }
}
