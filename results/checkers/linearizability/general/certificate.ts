/**
 * An order that a search has found, followed from the beginning by what knows nothing of searching, before it is believed.
 */
import { INFO, type History } from '../../../history/index.ts';
import { NONE } from './moves.ts';
import type { SearchProblem } from './problem.ts';
import type { Found } from './search.ts';

type Order = Extract<Found, { judgement: 'valid' }>;

/**
 * Returns what it was given if everybody who must be placed stands in it, once, nobody before one that had completed when
 * it was invoked, and each step is one that the model allows. Throws otherwise: then the search is wrong. Linear time.
 */
export function certify({ invoke, complete, outcome }: History, problem: SearchProblem, found: Order): Order {
  const { moves, rows, classOf, crashes } = problem;
  const classes = new Map<number, number>();
  for (const { operationClass, rows: members } of crashes) for (const row of members) classes.set(row, operationClass);
  const crashed = classes.size;
  // Ranks in order of rows, both ascending: found by halving would cost a logarithm, so they are noted by row.
  const first = rows[0] ?? 0;
  const rankOf = new Int32Array((rows.at(-1) ?? 0) - first + 1).fill(-1);
  for (let rank = 0; rank < rows.length; rank++) rankOf[rows[rank]! - first] = rank;
  let states: readonly number[] = [moves.initial];
  let latest = -1;
  let placed = 0;
  for (const row of found.order) {
    const isCrashed = outcome[row] === INFO;
    const rank = isCrashed ? -1 : rankOf[row - first]!;
    const operationClass = isCrashed ? classes.get(row) : classOf[rank];
    if (operationClass === undefined) throw broken(row, 'is placed twice, or was not to be placed');
    if (isCrashed) classes.delete(row);
    else {
      rankOf[row - first] = -1;
      placed++;
      if (complete[row]! < latest)
        throw broken(row, 'had completed before another was invoked that is placed before it');
    }
    if (invoke[row]! > latest) latest = invoke[row]!;
    states = after(states, operationClass, problem);
    if (states.length === 0) throw broken(row, 'is placed where the model does not allow it');
  }
  if (placed < rows.length) throw new Error(`an order of ${placed} operations of ${rows.length}, ${crashed} crashed`);
  return found;
}

/** Several where the model has choices. */
function after(states: readonly number[], operationClass: number, { moves }: SearchProblem): readonly number[] {
  const next = new Set<number>();
  for (const state of states) {
    for (let choice = 0; ; choice++) {
      const following = moves.next(state, operationClass, choice);
      if (following === NONE) break;
      next.add(following);
    }
  }
  return [...next];
}

function broken(row: number, what: string): Error {
  return new Error(`the order that was found is none: the operation of row ${row} ${what}`);
}
