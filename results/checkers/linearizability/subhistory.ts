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
}

/** One subhistory per key that occurs, in order of key id. Linear time; 4 bytes an operation. */
export function splitByKey(history: History): readonly Subhistory[] {
  const { count, key, keys } = history;
  if (count > 0 && keys.length < 2) return [{ history, key: 0, rows: allRows(count) }];
  const starts = new Int32Array(keys.length + 1);
  for (let row = 0; row < count; row++) starts[key[row]! + 1]!++;
  for (let id = 0; id < keys.length; id++) starts[id + 1]! += starts[id]!;
  const rows = new Int32Array(count);
  const next = starts.slice();
  for (let row = 0; row < count; row++) rows[next[key[row]!]!++] = row;
  const parts: Subhistory[] = [];
  for (let id = 0; id < keys.length; id++) {
    const [start = 0, end = 0] = [starts[id], starts[id + 1]];
    if (end > start) parts.push({ history, key: id, rows: rows.subarray(start, end) });
  }
  return parts;
}

function allRows(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}
