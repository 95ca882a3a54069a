/**
 * How a breadth-first search came to each configuration: what was placed last, and where that was placed after.
 *
 * A forest in two arrays, a parent always before its children. What no configuration comes from any more is swept out once
 * there is as much again of it as there was after the last sweep.
 */

export interface Ancestry {
  /** The node for `what` placed after `parent`. */
  add(parent: number, what: number): number;
  /** What was placed from the beginning up to a node, in order. */
  path(node: number): number[];
  /** Time to sweep. */
  isDue(): boolean;
  /** Forgets all but the ancestors of `nodes`, whose numbers are changed to the new ones; -1 stands for no node. */
  sweep(nodes: Int32Array): void;
  bytes(): number;
}

/** The beginning: the parent of those placed first. */
export const ROOT = -1;

const SWEEP_MIN = 1 << 16;

export function ancestry(): Ancestry {
  let parents = new Int32Array(256);
  let whats = new Int32Array(256);
  let count = 0;
  let due = SWEEP_MIN;
  return {
    add(parent, what) {
      if (count === parents.length) {
        parents = doubled(parents);
        whats = doubled(whats);
      }
      parents[count] = parent;
      whats[count] = what;
      return count++;
    },
    path(node) {
      const path: number[] = [];
      for (let at = node; at !== ROOT; at = parents[at]!) path.push(whats[at]!);
      return path.reverse();
    },
    isDue: () => count >= due,
    sweep(nodes) {
      // First marks, then the new numbers.
      const place = new Int32Array(count).fill(-1);
      for (const node of nodes) if (node >= 0) place[node] = 0;
      for (let node = count - 1; node >= 0; node--) {
        if (place[node] === 0 && parents[node] !== ROOT) place[parents[node]!] = 0;
      }
      let kept = 0;
      for (let node = 0; node < count; node++) {
        if (place[node] !== 0) continue;
        const parent = parents[node]!;
        parents[kept] = parent === ROOT ? ROOT : place[parent]!;
        whats[kept] = whats[node]!;
        place[node] = kept++;
      }
      for (let index = 0; index < nodes.length; index++) if (nodes[index]! >= 0) nodes[index] = place[nodes[index]!]!;
      count = kept;
      due = Math.max(SWEEP_MIN, 2 * kept);
    },
    bytes: () => 4 * (parents.length + whats.length),
  };
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
