/** Calls and returns of some operations in the order of their events. */
import type { History } from '../../history/index.ts';

/** Ranks below this; they share a double with an event index. */
const MAX_RANKS = 2 ** 22;
/** Rows that are so large a share of all events are told apart by a table, without sorting. */
const DENSE = 1 / 16;

/**
 * One entry per call (the rank) and per return (~rank) of `rows`, which are in order of invocation: a row's place is its rank.
 * All of them must have completed. Linear where the rows are most of the history, n log n otherwise.
 */
export function eventOrder(history: History, rows: Int32Array): Int32Array {
  if (rows.length > history.events * DENSE) return byTable(history, rows);
  const { invoke, complete } = history;
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

function byTable({ invoke, complete, events: total }: History, rows: Int32Array): Int32Array {
  // By event: rank + 1 of a call, its negative for a return, 0 for the events of others.
  const table = new Int32Array(total);
  for (let rank = 0; rank < rows.length; rank++) {
    table[invoke[rows[rank]!]!] = rank + 1;
    table[complete[rows[rank]!]!] = -rank - 1;
  }
  const events = new Int32Array(2 * rows.length);
  let length = 0;
  for (let at = 0; at < total; at++) {
    const entry = table[at]!;
    if (entry !== 0) events[length++] = entry > 0 ? entry - 1 : entry;
  }
  return events;
}
