/** Calls and returns of some operations in the order of their events. */
import type { History } from '../../history/index.ts';

/** Ranks below this; they share a double with an event index. */
const MAX_RANKS = 2 ** 22;

/**
 * One entry per call (the rank) and per return (~rank) of `rows`, which are in order of invocation: a row's place is its rank.
 * All of them must have completed. n log n.
 */
export function eventOrder({ invoke, complete }: History, rows: Int32Array): Int32Array {
  if (rows.length > MAX_RANKS) throw new RangeError(`${rows.length} operations on one key, more than ${MAX_RANKS}`);
  const completions = Float64Array.from(rows, (row, rank) => complete[row]! * MAX_RANKS + rank).sort();
  const events = new Int32Array(2 * rows.length);
  let [rank, length] = [0, 0];
  for (const completion of completions) {
    const at = Math.floor(completion / MAX_RANKS);
    while (rank < rows.length && invoke[rows[rank]!]! < at) events[length++] = rank++;
    events[length++] = ~(completion % MAX_RANKS);
  }
  return events;
}
