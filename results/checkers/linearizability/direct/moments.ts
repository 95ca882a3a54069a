/**
 * Where each operation begins and ends on its own part's line of events.
 *
 * Methods that keep an array over time need positions without large gaps. Where a part is most of its history, event indices
 * will do; the events of a small part among many are numbered anew.
 */
import { NEVER, OK } from '../../../history/index.ts';
import type { Subhistory } from '../subhistory.ts';

export interface Moments {
  /** Positions are below this. */
  readonly size: number;
  /** By place in the part's rows. */
  readonly begin: Int32Array;
  /** Meaningless unless the operation is ok. */
  readonly end: Int32Array;
}

/** A part with fewer events than this share of its history is numbered anew. */
const SPARSE = 8;
/** Completions come nearly in order of invocation; past so many moves each, a real sort takes over. */
const PATIENCE = 64;

export function momentsOf({ history, rows }: Subhistory): Moments {
  const { invoke, complete, outcome, events } = history;
  if (rows.length === history.count) return { size: events, begin: invoke, end: complete };
  const begin = new Int32Array(rows.length);
  const end = new Int32Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!;
    begin[place] = invoke[row]!;
    end[place] = outcome[row] === OK ? complete[row]! : NEVER;
  }
  return events <= SPARSE * rows.length ? { size: events, begin, end } : renumber(begin, end);
}

function renumber(begin: Int32Array, end: Int32Array): Moments {
  const byEnd = orderOf(end);
  let position = 0;
  let next = 0;
  for (const place of byEnd) {
    while (next < begin.length && begin[next]! < end[place]!) begin[next++] = position++;
    if (end[place] !== NEVER) end[place] = position++;
  }
  while (next < begin.length) begin[next++] = position++;
  return { size: position, begin, end };
}

/** Places in order of these positions; nearly linear where they are nearly in order already. */
export function orderOf(positions: Int32Array): Int32Array {
  const order = new Int32Array(positions.length);
  for (let place = 0; place < order.length; place++) order[place] = place;
  let patience = PATIENCE * order.length;
  for (let index = 1; index < order.length && patience >= 0; index++) {
    const place = order[index]!;
    const position = positions[place]!;
    let hole = index;
    for (; hole > 0 && positions[order[hole - 1]!]! > position; hole--) order[hole] = order[hole - 1]!;
    order[hole] = place;
    patience -= index - hole;
  }
  return patience >= 0 ? order : order.sort((a, b) => positions[a]! - positions[b]!);
}
