/**
 * A generator says what one thread does next: an op, a rest, or nothing more.
 *
 * Each thread of a run has a generator of its own, made from the seed and the thread's number. That is what keeps the
 * promise of the seed: a thread's plan does not depend on how fast the others were. A generator is an immutable value:
 * `next` returns the step and the generator to go on with, so tests simulate whole runs in virtual time, and a
 * combinator is a function from generators to a generator.
 */
import type { HistoryEvent } from '../../results/index.ts';
import type { Op } from '../op.ts';

export type Step =
  | { readonly kind: 'op'; readonly op: Op; readonly rest: Generator }
  /** Ask again at that time (ns since the start of the run). */
  | { readonly kind: 'wait'; readonly untilNs: number; readonly rest: Generator }
  | { readonly kind: 'done' };

export interface Generator {
  next(timeNs: number): Step;
  /** Learn from a completion of an op that this generator gave. Absent: it does not care. */
  update?(completion: HistoryEvent): Generator;
}

/** Which thread of how many a generator is for. */
export interface Thread {
  readonly index: number;
  readonly count: number;
}

export const DONE: Step = { kind: 'done' };
