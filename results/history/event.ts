/**
 * What a client asked, or what it learned: one line of a history.
 *
 * An operation is two events: its invocation, recorded before the request leaves, and its completion, recorded after
 * the answer is in. `ok` it happened; `fail` it certainly did not; `info` nobody knows: it may take effect at any later
 * time, or never. The words and the shape are Jepsen's, so that its users can read our files and we theirs.
 */

/** Any JSON value; integers above 2^53 are bigint, so that foreign histories survive. */
export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [name: string]: Value };

export type EventType = 'invoke' | 'ok' | 'fail' | 'info';

/** The special process whose operations are faults. */
export const NEMESIS = 'nemesis';

/** A logical thread of operations; one whose operation ended `info` is never used again. */
export type Process = number | typeof NEMESIS;

export interface HistoryEvent {
  readonly process: Process;
  readonly type: EventType;
  /** What kind of operation: `read`, `write`, `cas`, `enqueue` ..., or a fault's name. */
  readonly f: string;
  /** The object the operation works on; absent where the workload has only one. */
  readonly key?: Value;
  /** The argument in an invocation, the result in an `ok` completion. */
  readonly value: Value;
  /** Monotonic nanoseconds since the start of the run. */
  readonly timeNs: number;
  /** The node the client was connected to. */
  readonly node?: string;
  /** Why it failed, or why its fate is unknown. */
  readonly error?: string;
}
