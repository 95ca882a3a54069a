/** A history as it stood after one of its events: what completed later was open then, and what failed later never counted. */
import { FAIL, INFO, OK } from '../../../history/index.ts';
import type { Subhistory } from '../subhistory.ts';

/** Rows keep their numbers. If it is not linearizable, the whole is not: cutting off the end takes no order away. */
export function prefixOf(part: Subhistory, cut: number): Subhistory {
  const { invoke, complete, outcome } = part.history;
  const rows = part.rows.filter((row) => invoke[row]! <= cut && (outcome[row] !== FAIL || complete[row]! <= cut));
  const then = outcome.slice();
  for (const row of rows) if (outcome[row] === OK && complete[row]! > cut) then[row] = INFO;
  return { ...part, rows, history: { ...part.history, outcome: then } };
}
