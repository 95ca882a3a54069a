/**
 * Intervals, to be found by a moment inside them, each of them once.
 *
 * A centred interval tree (Edelsbrunner 1980; McCreight 1980) over an implicit binary tree of moments: an interval hangs at the
 * lowest node that has both of its ends below it. Whoever contains a moment hangs on the way from its leaf to the root, and
 * as all intervals at a node contain its middle, a node holds no more of them than overlap there.
 */

export interface Stabbing {
  /** Takes out all intervals that contain `moment`. */
  takeAt(moment: number, taken: (interval: number) => void): void;
}

/** Interval i is [from[i], to[i]], both included; moments are below `size`. */
export function stabbingOf(from: Int32Array, to: Int32Array, count: number, size: number): Stabbing {
  const depth = 32 - Math.clz32(Math.max(1, size - 1));
  const leaf = 1 << depth;
  const nodeOf = (interval: number): number => {
    const differing = from[interval]! ^ to[interval]!;
    return (leaf + from[interval]!) >>> (32 - Math.clz32(differing));
  };
  const start = new Int32Array(2 * leaf + 1);
  for (let interval = 0; interval < count; interval++) start[nodeOf(interval) + 1]!++;
  for (let node = 0; node < 2 * leaf; node++) start[node + 1]! += start[node]!;
  const end = start.slice(0, 2 * leaf);
  const members = new Int32Array(count);
  for (let interval = 0; interval < count; interval++) members[end[nodeOf(interval)]!++] = interval;
  return {
    takeAt(moment, taken) {
      for (let node = leaf + moment; node > 0; node >>>= 1) {
        const first = start[node]!;
        for (let index = end[node]! - 1; index >= first; index--) {
          const interval = members[index]!;
          if (from[interval]! > moment || to[interval]! < moment) continue;
          members[index] = members[--end[node]!]!;
          taken(interval);
        }
      }
    },
  };
}
