/**
 * One key's operations, as rows of the history they stand in: nothing is copied.
 *
 * Linearizability is local (Herlihy and Wing 1990): a history is linearizable iff each object's operations are. So every
 * algorithm here judges one key at a time, and a counting sort of the rows by key is all the splitting there is.
 */
import type { History } from '../../history/index.ts';

export interface Subhistory {
  readonly history: History;
  /** Index into `history.keys`. */
  readonly key: number;
  /** Rows of `history`, in order of invocation. */
  readonly rows: Int32Array;
  /** Set where these are all operations on the key; a copy with other rows does not have it. */
  readonly isWhole?: boolean;
}

/**
 * One subhistory per key that occurs, in order of key id. Linear time; 4 bytes an operation, once somebody asks for rows:
 * what judges all keys at once does not.
 */
export function splitByKey(history: History): readonly Subhistory[] {
  const { count, key, keys } = history;
  if (count > 0 && keys.length < 2) return [new Key(history, 0, () => allRows(count))];
  const sizes = new Int32Array(keys.length);
  for (let row = 0; row < count; row++) sizes[key[row]!]!++;
  let sorted: ((key: number) => Int32Array) | undefined;
  const rowsOf = (id: number) => (sorted ??= sortByKey(history, sizes))(id);
  return [...sizes.keys()].filter((id) => sizes[id]! > 0).map((id) => new Key(history, id, () => rowsOf(id)));
}

/** Works its rows out when they are asked for. */
class Key implements Subhistory {
  readonly history: History;
  readonly key: number;
  readonly #sorted: () => Int32Array;
  #rows: Int32Array | undefined;

  constructor(history: History, key: number, sorted: () => Int32Array) {
    this.history = history;
    this.key = key;
    this.#sorted = sorted;
  }

  get isWhole(): boolean {
    return true;
  }

  get rows(): Int32Array {
    return (this.#rows ??= this.#sorted());
  }
}

function sortByKey({ count, key }: History, sizes: Int32Array): (key: number) => Int32Array {
  const ends = new Int32Array(sizes.length);
  for (let id = 1; id < sizes.length; id++) ends[id] = ends[id - 1]! + sizes[id - 1]!;
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[ends[key[row]!]!++] = row;
  return (id) => rows.subarray(ends[id]! - sizes[id]!, ends[id]);
}

function allRows(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}
