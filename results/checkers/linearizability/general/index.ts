/**
 * The general search: any model, any history. Exponential at worst; past its limits it says how far it came.
 *
 * Two searches race in one thread, a slice of work each, under one budget: depth-first finds an order, if there are many, long
 * before breadth-first has looked at all the others; breadth-first finds a violation without trying each way to get there.
 * Where memory runs short the larger one is given up, and the other goes on.
 */
import type { Budget } from '../budget.ts';
import type { Model } from '../model.ts';
import type { Outcome } from '../outcome.ts';
import type { Subhistory } from '../subhistory.ts';
import { breadthFirst } from './breadth-first.ts';
import { certify } from './certificate.ts';
import { depthFirst } from './depth-first.ts';
import { searchProblem, type SearchProblem } from './problem.ts';
import type { Reached, Search } from './search.ts';

export type Way = (problem: SearchProblem) => Search;

/** In order of who begins. */
export const WAYS: Readonly<Record<'depth-first' | 'breadth-first', Way>> = {
  'depth-first': depthFirst,
  'breadth-first': breadthFirst,
};

/** Configurations of the first slice, in which the first of the ways is alone; later ones grow, up to the last. */
const FIRST_SLICE = 1000;
const LAST_SLICE = 32_000;

/**
 * `ways` take turns; any of them alone decides as well. `firstSlice` is for tests: small histories are otherwise decided
 * within it.
 */
export function generalSearch(
  part: Subhistory,
  model: Model,
  budget: Budget,
  ways: readonly Way[] = Object.values(WAYS),
  firstSlice = FIRST_SLICE,
): Outcome {
  const problem = searchProblem(part, model);
  const waiting = [...ways];
  const running: Search[] = [];
  let furthest: Reached = { at: -1, placed: 0 };
  for (let slice = firstSlice; ; slice = Math.min(2 * slice, LAST_SLICE)) {
    const next = waiting.shift();
    if (next) running.push(next(problem));
    for (const search of [...running]) {
      const found = search.run(slice);
      if (found?.judgement === 'valid') return { ...certify(part.history, problem, found), algorithm: 'wgl' };
      if (found) return { ...found, algorithm: 'wgl', witnesses: [] };
      const reached = search.reached();
      if (reached.at > furthest.at) furthest = reached;
      const reason = budget.exceeded(0) ?? giveUpLargest(running, waiting, problem, budget);
      if (reason !== undefined) return undecided(problem, reason, furthest);
    }
  }
}

/** Makes room if memory has run short; the reason why not, if that leaves nobody. */
function giveUpLargest(
  running: Search[],
  waiting: readonly Way[],
  { moves }: SearchProblem,
  budget: Budget,
): string | undefined {
  for (;;) {
    const bytes = running.map((search) => search.bytes());
    const reason = budget.exceeded(moves.bytes() + bytes.reduce((sum, each) => sum + each, 0));
    if (reason === undefined) return undefined;
    running.splice(bytes.indexOf(Math.max(...bytes)), 1);
    if (running.length === 0 && waiting.length === 0) return reason;
    if (running.length === 0) return undefined;
  }
}

function undecided({ rows }: SearchProblem, reason: string, { at, placed }: Reached): Outcome {
  return { judgement: 'unknown', algorithm: 'wgl', reason, reached: at, placed: { count: placed, of: rows.length } };
}
