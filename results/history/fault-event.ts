/**
 * The nemesis' side of a history: what was asked of a fault, and what was measured of it.
 *
 * Faults stand in the same history as the operations they disturb, as events of process `nemesis`. An injection is four
 * events tied by `id`: `inject` invoked and completed, `heal` invoked and completed. A completion is `info` when the
 * effect was measured (`effect.seen`) and `fail` when it was not or the injection threw: a fault counts only if its
 * effect was seen.
 */
import type { Value } from './event.ts';

/** One thing that was measured, on one link (`n1>n3`, directed) or one node (`n2`). Times as in events. */
export interface Measure {
  readonly where: string;
  /** In words, for a person: `no packet arrived for 41 ms`, `freezer FROZEN`, `clock +60.000 s`. */
  readonly what: string;
  readonly seen: boolean;
  /** When the effect (or, in a heal's completion, the recovery) was first seen. */
  readonly firstNs?: number;
  /** When the effect was last seen; for a partition, the last packet that still passed is before `firstNs`. */
  readonly lastNs?: number;
}

/** What was measured of an injection, or of its healing. `seen` is false if any part that should show does not. */
export interface Effect {
  readonly seen: boolean;
  readonly measures: readonly Measure[];
}

/** Value of the event that asks for an injection (`f` is the fault's name). */
export interface InjectAsked {
  readonly id: number;
  readonly phase: 'inject';
  /** The plan in full, enough to inject the very same again: see `Fault.choose`. */
  readonly plan: Value;
}

/** Value of the completion of an injection. */
export interface InjectDone {
  readonly id: number;
  readonly phase: 'inject';
  /** For a person: `n1,n2 | n3,n4,n5`. */
  readonly describe: string;
  readonly nodes: readonly string[];
  readonly effect: Effect;
}

export interface HealAsked {
  readonly id: number;
  readonly phase: 'heal';
}

/** Value of the completion of a heal; `effect` here is the measured recovery. */
export interface HealDone {
  readonly id: number;
  readonly phase: 'heal';
  readonly effect: Effect;
}

export type FaultEventValue = InjectAsked | InjectDone | HealAsked | HealDone;
