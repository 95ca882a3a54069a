/**
 * How many crashed operations of each class a configuration has used, as interned vectors: one id stands for all counts.
 *
 * Crashed operations with equal arguments are interchangeable, and the earliest invoked is as good as any: only their number
 * matters.
 */
import { tupleTable } from './tuples.ts';

export interface CrashUsage {
  /** Id of the vector of zeros. */
  readonly none: number;
  /** Times that `crash` was used. */
  of(id: number, crash: number): number;
  /** Id of the vector with one more of `crash`. */
  plus(id: number, crash: number): number;
  /** All uses. */
  total(id: number): number;
  /** Whether no class is used more often in `a` than in `b`. */
  within(a: number, b: number): boolean;
  bytes(): number;
}

/** Where nobody crashed there is one vector, and nothing to ask of it. */
const NOBODY: CrashUsage = {
  none: 0,
  of: () => 0,
  plus() {
    throw new RangeError('a crashed operation used where there is none');
  },
  total: () => 0,
  within: () => true,
  bytes: () => 0,
};

const FIRST_CAPACITY = 16;

export function crashUsage(classes: number): CrashUsage {
  if (classes === 0) return NOBODY;
  const vectors = tupleTable();
  // By id, `classes` words each: the counts, and the id that one more use leads to, plus one; 0 where nobody asked yet.
  let counts = new Int32Array(FIRST_CAPACITY * classes);
  let successors = new Int32Array(FIRST_CAPACITY * classes);
  let totals = new Int32Array(FIRST_CAPACITY);
  let size = 0;
  const intern = (vector: Int32Array): number => {
    const id = vectors.intern(vector, classes);
    if (id < size) return id;
    if (size === totals.length) {
      counts = doubled(counts);
      successors = doubled(successors);
      totals = doubled(totals);
    }
    size++;
    let total = 0;
    for (let crash = 0; crash < classes; crash++) {
      counts[id * classes + crash] = vector[crash]!;
      total += vector[crash]!;
    }
    totals[id] = total;
    return id;
  };
  const vector = new Int32Array(classes);
  const none = intern(vector);
  return {
    none,
    of: (id, crash) => counts[id * classes + crash]!,
    plus(id, crash) {
      const start = id * classes;
      const known = successors[start + crash]!;
      if (known > 0) return known - 1;
      for (let each = 0; each < classes; each++) vector[each] = counts[start + each]!;
      vector[crash]!++;
      const result = intern(vector);
      successors[start + crash] = result + 1;
      return result;
    },
    total: (id) => totals[id]!,
    within(a, b) {
      if (a === b) return true;
      if (totals[a]! >= totals[b]!) return false;
      const [less, more] = [a * classes, b * classes];
      for (let crash = 0; crash < classes; crash++) if (counts[less + crash]! > counts[more + crash]!) return false;
      return true;
    },
    bytes: () => vectors.bytes() + 4 * (counts.length + successors.length + totals.length),
  };
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
