/**
 * A history in memory: one row per client operation, in columns, ordered by invocation.
 *
 * Order comes from positions in the file (event indices), never from clock readings. Values, keys, functions, nodes and
 * errors are interned: equal values have equal ids, which makes every checker integer work and keeps a million
 * operations below 64 bytes each. Id 0 of `keys`, `nodes` and `errors` means "absent".
 */
import type { HistoryEvent, Value } from './event.ts';

export const OK = 0;
export const FAIL = 1;
/** Unknown fate: an `info` completion, or none at all. */
export const INFO = 2;
export type Outcome = typeof OK | typeof FAIL | typeof INFO;

/** Stands in `complete` and `completeNs` for an operation whose completion was never recorded. */
export const NEVER = 2 ** 31 - 1;

/** A nemesis event, with its position among all events. */
export interface IndexedEvent extends HistoryEvent {
  readonly index: number;
}

export interface History {
  /** Operations (rows). */
  readonly count: number;
  /** Events (lines), those of the nemesis included. */
  readonly events: number;
  readonly process: Int32Array;
  /** Event index of the invocation; strictly increasing. */
  readonly invoke: Int32Array;
  /** Event index of the completion (also of an `info` one), or NEVER. Checkers treat INFO as open to the end. */
  readonly complete: Int32Array;
  readonly outcome: Uint8Array;
  /** Index into `fs`. */
  readonly f: Uint8Array;
  readonly fs: readonly string[];
  /** Index into `keys`; 0 is "no key". */
  readonly key: Int32Array;
  readonly keys: readonly (Value | undefined)[];
  /** Value of the invocation and of the completion: indices into `values`; 0 is null. A missing completion has 0. */
  readonly input: Int32Array;
  readonly output: Int32Array;
  /** Of a cas, the two values in its argument `[expected, new]`: indices into `values`; -1 where there is no such pair. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly values: readonly Value[];
  readonly invokeNs: Float64Array;
  readonly completeNs: Float64Array;
  /** Index into `nodes`; 0 is "not recorded". */
  readonly node: Uint16Array;
  readonly nodes: readonly (string | undefined)[];
  /** Index into `errors`; 0 is "none". */
  readonly error: Int32Array;
  readonly errors: readonly (string | undefined)[];
  /** The nemesis' events, in order. */
  readonly nemesis: readonly IndexedEvent[];
}
