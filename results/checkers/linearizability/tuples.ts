/**
 * Interns tuples of 32-bit integers: equal tuples get equal ids, counted from 0.
 *
 * The searches' one data structure: it remembers configurations that were visited, and gives classes of operations and
 * usage vectors their ids. Open addressing over one growing arena; it compares whole tuples, so it never mistakes one
 * for another.
 */

export interface Tuples {
  /** Ids given so far: an `intern` that raised it met a new tuple. */
  count(): number;
  /** Id of the first `length` words. */
  intern(words: Int32Array, length: number): number;
  /** Memory held. */
  bytes(): number;
}

export function tupleTable(capacity = 16): Tuples {
  let slots = new Int32Array(capacity * 2).fill(-1);
  let starts = new Int32Array(capacity + 1);
  let hashes = new Int32Array(capacity);
  let arena = new Int32Array(capacity * 4);
  let count = 0;

  const grow = () => {
    const size = hashes.length * 2;
    starts = resized(starts, size + 1);
    hashes = resized(hashes, size);
    slots = new Int32Array(size * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < count; id++) {
      let slot = hashes[id]! & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
  };

  const equals = (id: number, words: Int32Array, length: number): boolean => {
    const start = starts[id]!;
    if (starts[id + 1]! - start !== length) return false;
    for (let word = 0; word < length; word++) if (arena[start + word] !== words[word]) return false;
    return true;
  };

  return {
    count: () => count,
    bytes: () => 4 * (slots.length + starts.length + hashes.length + arena.length),
    intern(words, length) {
      const hash = hashOf(words, length);
      let mask = slots.length - 1;
      let slot = hash & mask;
      for (let id = slots[slot]!; id >= 0; id = slots[slot]!) {
        if (hashes[id] === hash && equals(id, words, length)) return id;
        slot = (slot + 1) & mask;
      }
      if (count === hashes.length) {
        grow();
        mask = slots.length - 1;
        slot = hash & mask;
        while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      }
      const start = starts[count]!;
      if (start + length > arena.length) arena = resized(arena, Math.max(arena.length * 2, start + length));
      for (let word = 0; word < length; word++) arena[start + word] = words[word]!;
      starts[count + 1] = start + length;
      hashes[count] = hash;
      slots[slot] = count;
      return count++;
    },
  };
}

/** Multiply and rotate per word, then the final mix of MurmurHash3 (Austin Appleby, public domain method). */
function hashOf(words: Int32Array, length: number): number {
  let hash = length;
  for (let word = 0; word < length; word++) {
    hash = Math.imul(hash ^ words[word]!, 0x9e3779b1);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function resized(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
