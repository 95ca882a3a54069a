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

export function crashUsage(classes: number): CrashUsage {
  const vectors = tupleTable();
  const counts: Int32Array[] = [];
  const totals: number[] = [];
  const steps = new Map<number, number>();
  const intern = (vector: Int32Array): number => {
    const id = vectors.intern(vector, classes);
    if (id === counts.length) {
      counts.push(vector.slice());
      totals.push(vector.reduce((sum, count) => sum + count, 0));
    }
    return id;
  };
  const none = intern(new Int32Array(classes));
  return {
    none,
    of: (id, crash) => counts[id]![crash]!,
    plus(id, crash) {
      const step = id * classes + crash;
      const known = steps.get(step);
      if (known !== undefined) return known;
      const vector = counts[id]!.slice();
      vector[crash]!++;
      const result = intern(vector);
      steps.set(step, result);
      return result;
    },
    total: (id) => totals[id]!,
    within(a, b) {
      if (a === b) return true;
      if (totals[a]! >= totals[b]!) return false;
      const [less, more] = [counts[a]!, counts[b]!];
      for (let crash = 0; crash < classes; crash++) if (less[crash]! > more[crash]!) return false;
      return true;
    },
    bytes: () => vectors.bytes() + counts.length * (classes * 4 + 100) + steps.size * 40,
  };
}
