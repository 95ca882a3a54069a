/**
 * How many intervals cover each moment of a line, while intervals are taken away: tells which moments become bare.
 *
 * A segment tree with counts to add and minima (Bentley 1977), over blocks of moments that are small enough to be scanned:
 * fewer levels, and all of them in the cache. Adding costs log n, and so does finding a bare moment.
 */

export interface Coverage {
  /** Adds to all moments from `from` up to and excluding `until`. */
  add(from: number, until: number, amount: number): void;
  /** A moment that nothing covers and that was not told before; -1 if there is none. */
  nextBare(): number;
}

const BLOCK = 16;
/** Added to moments that were told: they are never bare again. */
const TOLD = 1 << 29;

/** Takes `counts` over. */
export function coverageOf(counts: Int32Array): Coverage {
  const size = counts.length;
  const blocks = Math.max(1, Math.ceil(size / BLOCK));
  let leaves = 1;
  while (leaves < blocks) leaves *= 2;
  // Node 1 is the root; a node's minimum includes what was added to it, but not what was added above.
  const least = new Int32Array(2 * leaves).fill(TOLD);
  const added = new Int32Array(2 * leaves);

  const leastOfBlock = (block: number): number => {
    let least = TOLD;
    for (let index = block * BLOCK, end = Math.min(size, index + BLOCK); index < end; index++) {
      if (counts[index]! < least) least = counts[index]!;
    }
    return least;
  };
  const renew = (node: number) => {
    const [left, right] = [least[2 * node]!, least[2 * node + 1]!];
    least[node] = (left < right ? left : right) + added[node]!;
  };
  const renewAbove = (node: number) => {
    for (let above = node >>> 1; above > 0; above >>>= 1) renew(above);
  };
  const renewBlock = (block: number) => {
    least[leaves + block] = leastOfBlock(block) + added[leaves + block]!;
  };
  const addInside = (block: number, from: number, until: number, amount: number) => {
    for (let index = from; index < until; index++) counts[index]! += amount;
    renewBlock(block);
  };
  const addWhole = (node: number, amount: number) => {
    least[node]! += amount;
    added[node]! += amount;
  };

  for (let block = 0; block < blocks; block++) least[leaves + block] = leastOfBlock(block);
  for (let node = leaves - 1; node > 0; node--) renew(node);

  return {
    add(from, until, amount) {
      if (from >= until) return;
      const first = Math.floor(from / BLOCK);
      const last = Math.floor((until - 1) / BLOCK);
      if (first === last) {
        addInside(first, from, until, amount);
        renewAbove(leaves + first);
        return;
      }
      addInside(first, from, (first + 1) * BLOCK, amount);
      addInside(last, last * BLOCK, until, amount);
      for (let left = leaves + first + 1, right = leaves + last; left < right; left >>>= 1, right >>>= 1) {
        if (left & 1) addWhole(left++, amount);
        if (right & 1) addWhole(--right, amount);
      }
      renewAbove(leaves + first);
      renewAbove(leaves + last);
    },
    nextBare() {
      if (least[1]! > 0) return -1;
      let node = 1;
      let sought = 0;
      while (node < leaves) {
        sought -= added[node]!;
        node *= 2;
        if (least[node]! > sought) node++;
      }
      const block = node - leaves;
      sought -= added[node]!;
      let index = block * BLOCK;
      while (counts[index]! > sought) index++;
      counts[index]! += TOLD;
      renewBlock(block);
      renewAbove(node);
      return index;
    },
  };
}
