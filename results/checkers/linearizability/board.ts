/** Where the threads that judge the keys of one history meet: shared memory, and what they tell each other. */
import type { History } from '../../history/index.ts';
import type { Limits } from '../checker.ts';
import type { Shortage } from './budget.ts';
import type { LinearizableOptions } from './options.ts';
import { ALGORITHMS, type Algorithm, type Outcome } from './outcome.ts';
import type { RegisterValues } from './register-values.ts';

/** What a helper is given. */
export interface Share {
  readonly history: History;
  readonly options: LinearizableOptions;
  readonly limits: Limits;
  /** Of a register; without it `history.values` is whole. */
  readonly values?: RegisterValues;
  readonly board: Board;
}

export interface Board {
  /** How many keys of the round were taken, and how many of the history are decided. */
  readonly counters: Int32Array;
  /** By key: place in ALGORITHMS, plus one, of the algorithm that proved it valid; 0 where nothing was proven. */
  readonly valid: Uint8Array;
}

/** A round, for a helper: `parts` in shared memory. */
export interface Turn {
  readonly parts: Int32Array;
  readonly sliceMs: number;
}

/** What a helper found in a round, besides what it noted on the board. */
export interface Answer {
  readonly found: readonly (readonly [part: number, outcome: Outcome, shortage: Shortage | undefined])[];
  /** Parts that a helper has no means to judge. */
  readonly unsuited: readonly number[];
}

const TAKEN = 0;
const DECIDED = 1;

/** `parts`: how many. */
export function newBoard(parts: number): Board {
  return {
    counters: new Int32Array(new SharedArrayBuffer(8)),
    valid: new Uint8Array(new SharedArrayBuffer(parts)),
  };
}

/** The place in the round of the next part that nobody has taken; past the last when there is none. */
export function take({ counters }: Board): number {
  return Atomics.add(counters, TAKEN, 1);
}

export function taken({ counters }: Board): number {
  return Atomics.load(counters, TAKEN);
}

/** To be called while nobody takes. */
export function beginRound({ counters }: Board): void {
  Atomics.store(counters, TAKEN, 0);
}

export function noteDecided({ counters }: Board): void {
  Atomics.add(counters, DECIDED, 1);
}

export function decided({ counters }: Board): number {
  return Atomics.load(counters, DECIDED);
}

/** Writes down that a part is valid. */
export function noteValid({ valid }: Board, part: number, algorithm: Algorithm): void {
  valid[part] = ALGORITHMS.findIndex((name) => name === algorithm) + 1;
}

/** What a helper wrote down of a part; undefined if it did not prove it valid. */
export function notedOf({ valid }: Board, part: number): Outcome | undefined {
  const algorithm = ALGORITHMS[(valid[part] ?? 0) - 1];
  return algorithm && { judgement: 'valid', algorithm };
}
