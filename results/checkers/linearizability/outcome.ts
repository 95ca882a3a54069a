/**
 * What an algorithm says of one subhistory: a certificate either way, or how far it came.
 *
 * A linearization can be replayed in linear time (`replays`), and the operations up to `cut` can be searched again by
 * another algorithm: no answer here has to be believed.
 */
import type { History } from '../../history/index.ts';
import { OK } from '../../history/index.ts';
import type { Model } from './model.ts';
import { operationAt } from './operation.ts';

/** Algorithms that can be asked for by name. */
export const ALGORITHMS = [
  'unique-register',
  'repeated-register',
  'unique-queue',
  'unique-stack',
  'unique-priority-queue',
  'set-by-element',
  'grow-only-set',
  'append-list',
  'semaphore',
  'fenced-lock',
  'counter',
  'wgl',
] as const;

export type Algorithm = (typeof ALGORITHMS)[number] | 'brute-force';

export type Outcome = Linearizable | Violation | Undecided;

export interface Linearizable {
  readonly judgement: 'valid';
  readonly algorithm: Algorithm;
  /** Rows in an order that the model accepts, if it was asked for; crashed operations that never happened are missing. */
  readonly order?: readonly number[];
}

export interface Violation {
  readonly judgement: 'invalid';
  readonly algorithm: Algorithm;
  /** Event index: what happened up to and including it cannot be linearized. */
  readonly cut: number;
  /** Rows that prove it, with those they depend on, in order; empty where the algorithm does not know them. */
  readonly witnesses: readonly number[];
  /** The witnesses violate whatever else happened: nothing that is not among them could have helped. */
  readonly conclusive?: boolean;
  /** The longest linearization found, as rows; empty where the algorithm does not search. */
  readonly longest: readonly number[];
}

export interface Undecided {
  readonly judgement: 'unknown';
  /** Absent where none came to it. */
  readonly algorithm?: Algorithm;
  readonly reason: string;
  /** Event index before which the history is known to be linearizable; -1 if that is not known. */
  readonly reached: number;
  /** Operations that a search could place up to there, of those it had to. */
  readonly placed?: { readonly count: number; readonly of: number };
}

/**
 * Whether `order` is a linearization of `rows`: every ok operation stands in it once, nobody stands before one that had
 * already completed when it was invoked, and the model accepts each step. Linear in the number of operations.
 */
export function replays(history: History, rows: Int32Array, order: readonly number[], model: Model): boolean {
  const members = new Set(rows);
  const placed = new Set(order);
  if (placed.size !== order.length || order.some((row) => !members.has(row))) return false;
  for (const row of rows) {
    if (placed.has(row)) continue;
    if (history.outcome[row] === OK || (history.outcome[row] === 1 && model.keepsFailed?.(operationAt(history, row))))
      return false;
  }
  let latestInvoke = -1;
  let states: readonly (typeof model.init)[] = [model.init];
  for (const row of order) {
    if (history.outcome[row] !== 2 && history.complete[row]! < latestInvoke) return false;
    latestInvoke = Math.max(latestInvoke, history.invoke[row]!);
    const operation = operationAt(history, row);
    states = states.flatMap((state) => model.step(state, operation));
    if (states.length === 0) return false;
  }
  return true;
}
