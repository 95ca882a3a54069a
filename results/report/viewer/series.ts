/**
 * Latency quantiles and rates over a window, in equal buckets of time, by when operations began.
 *
 * Quantiles come from a log-linear histogram (32 steps to the octave, so at most 1.6 % off): one pass over the columns and
 * no sorting, which makes it quick enough to be done anew for every zoom.
 */
import { OPEN } from '../data/header.ts';
import { firstFrom, type Data } from './data.ts';

type Numbers = (number | null)[];

export interface Series {
  /** Middle of each bucket, in seconds of the run. */
  readonly seconds: number[];
  /** Of ok operations, in ns; null where there is none. */
  readonly p50: Numbers;
  readonly p99: Numbers;
  readonly max: Numbers;
  /** Operations per second. */
  readonly ok: number[];
  readonly fail: number[];
  readonly info: number[];
}

const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;
const CELLS = (32 - SUB_BITS + 1) * SUB;

/** `f` is an index into the header's kinds, or null for all. */
export function seriesOf(data: Data, fromNs: number, toNs: number, buckets: number, f: number | null): Series {
  const widthNs = (toNs - fromNs) / buckets;
  const unit = data.header.unitNs;
  const series: Series = { seconds: [], p50: [], p99: [], max: [], ok: [], fail: [], info: [] };
  const cells = new Uint32Array(CELLS);
  let row = firstFrom(data, fromNs);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const endTicks = bucket === buckets - 1 ? Infinity : (fromNs + (bucket + 1) * widthNs) / unit;
    const counts = [0, 0, 0];
    let longest = 0;
    cells.fill(0);
    for (; row < data.count && data.start[row]! < endTicks; row++) {
      if (bucket === buckets - 1 && data.start[row]! * unit > toNs) break;
      if (f !== null && data.f[row] !== f) continue;
      const outcome = data.outcome[row]!;
      counts[outcome]!++;
      const duration = data.duration[row]!;
      if (outcome !== 0 || duration === OPEN) continue;
      cells[cellOf(duration)]!++;
      if (duration > longest) longest = duration;
    }
    const [ok = 0, fail = 0, info = 0] = counts;
    series.seconds.push((fromNs + (bucket + 0.5) * widthNs) / 1e9);
    series.p50.push(ok === 0 ? null : Math.min(longest, quantileOf(cells, ok, 0.5)) * unit);
    series.p99.push(ok === 0 ? null : Math.min(longest, quantileOf(cells, ok, 0.99)) * unit);
    series.max.push(ok === 0 ? null : longest * unit);
    const perSecond = 1e9 / widthNs;
    series.ok.push(ok * perSecond);
    series.fail.push(fail * perSecond);
    series.info.push(info * perSecond);
  }
  return series;
}

/** Small numbers stand for themselves; above, the leading bits do. */
function cellOf(ticks: number): number {
  if (ticks < SUB) return ticks;
  const exponent = 31 - Math.clz32(ticks);
  return (exponent - SUB_BITS + 1) * SUB + ((ticks >>> (exponent - SUB_BITS)) & (SUB - 1));
}

/** The middle of a cell. */
function ticksOf(cell: number): number {
  if (cell < SUB) return cell;
  const shift = Math.floor(cell / SUB) - 1;
  return (SUB + (cell % SUB) + 0.5) * 2 ** shift;
}

function quantileOf(cells: Uint32Array, count: number, q: number): number {
  let left = Math.ceil(q * count);
  for (let cell = 0; cell < CELLS; cell++) {
    left -= cells[cell]!;
    if (left <= 0) return ticksOf(cell);
  }
  return 0;
}
