/**
 * The checker contract: a pure function from a history to a verdict, under limits.
 *
 * A workload does not hold the function but its name and options (`CheckSpec`): plain data that is stored in run.json and
 * crosses into a worker thread, so that a stored run can be judged again by whoever has the folder.
 */
import type { History } from '../history/index.ts';
import type { Value } from '../history/event.ts';
import type { Verdict } from '../verdict.ts';

export interface Limits {
  /** Time for the whole check. Past it: `unknown`, with what was decided so far. */
  readonly budgetMs: number;
  /** Memory for the search's tables. Past it: `unknown`. */
  readonly memoryBytes: number;
  /** Shared memory: anything but 0 in its first place ends the check at once, with what was decided so far. */
  readonly stop?: Int32Array;
}

/** Whether the check is to end now. */
export function isStopped({ stop }: Limits): boolean {
  return stop !== undefined && Atomics.load(stop, 0) !== 0;
}

export type Checker = (history: History, limits: Limits) => Verdict;

/** Which checker judges, by name, with its options: `{ name: 'linearizable', options: { model: 'register' } }`. */
export interface CheckSpec {
  readonly name: string;
  readonly options?: { readonly [name: string]: Value };
  /** Path of a user's module whose default export brings its own model or checker. */
  readonly module?: string;
}
