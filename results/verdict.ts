/**
 * What is concluded from a history: one of three words, and what proves it.
 *
 * A verdict is plain data: it crosses threads, is stored as verdict.json, and is all that reports read besides the
 * history. Event indices point into the history, so every statement can be looked up.
 */
import type { Effect } from './history/fault-event.ts';
import type { Value } from './history/event.ts';

/** `unknown` is an answer: something kept us from knowing, and `reasons` says what. */
export type Judgement = 'valid' | 'invalid' | 'unknown';

export interface Verdict {
  readonly judgement: Judgement;
  /** One sentence for a person. */
  readonly sentence: string;
  /** Violations, the clearest first; empty unless `invalid`. */
  readonly anomalies: readonly Anomaly[];
  /** Why it is `unknown`, or what a partial result left open; empty when all is known. */
  readonly reasons: readonly string[];
  /** What the reader of the history has to say: a last line cut off, operations that an import left out. */
  readonly notices?: readonly string[];
  /** Who judged, and how. */
  readonly checker: CheckerFacts;
  readonly keys: KeyCounts;
  /** What the run gave us to judge by; added by `conclude`. */
  readonly evidence?: Evidence;
}

/** How many keys were proven valid, proven invalid, left unknown; keys are 1 where the history has none. */
export interface KeyCounts {
  readonly valid: number;
  readonly invalid: number;
  readonly unknown: number;
  /** Which they are, unless all are valid: at most a hundred thousand of each. */
  readonly listed?: Readonly<Record<Judgement, readonly Value[]>>;
}

export interface CheckerFacts {
  /** `linearizable`, `set`, ... */
  readonly name: string;
  readonly version: string;
  /** `register`, `queue`, ...: the promise that was checked. */
  readonly model?: string;
  /** Algorithms used and on how many keys: `{ "unique-register": 120, "wgl": 3 }`. */
  readonly algorithms?: Readonly<Record<string, number>>;
  readonly operations: number;
  readonly durationMs: number;
}

export interface Anomaly {
  /** The name of the harm: `stale read`, `lost write`, `read of a value never written`, ... */
  readonly kind: string;
  readonly sentence: string;
  readonly key?: Value;
  /** Indices of the events that prove it: the witnesses, at most a handful. */
  readonly events: readonly number[];
  readonly explanation?: Explanation;
  /** Faults in force when the last of these events happened: `partition n1 | n2,n3 since 31.0 s`; added by `conclude`. */
  readonly during?: readonly string[];
}

export interface Explanation {
  /**
   * The fewest operations that still violate, each by the event index of its invocation, in order of invocation. Taken
   * alone they are a violation; take one away and they are not.
   */
  readonly smallest: readonly number[];
  /** Operations around the longest linearizable prefix, in order of invocation, with where they would stand. */
  readonly steps: readonly Step[];
}

/** One operation of an explanation, and where the search placed it. */
export interface Step {
  /** Event index of the invocation. */
  readonly invoke: number;
  /** Position in the longest linearization found; null where it could not be placed. */
  readonly position: number | null;
  /** The model's state before and after it at that position. */
  readonly before?: Value;
  readonly after?: Value;
}

/** What makes a verdict worth something: enough happened, and what was done to the cluster is known. */
export interface Evidence {
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number };
  /** Ok operations of each kind. */
  readonly okByF: Readonly<Record<string, number>>;
  readonly okDuringFaults: number;
  /** Ok reads after the last heal: what the cluster says once it is whole again. */
  readonly finalReads: number;
  readonly faults: readonly FaultEvidence[];
  /** Each missing kind of evidence, in words; not empty means the run is vacuous. */
  readonly missing: readonly string[];
}

/** One injection, as the history tells it. Times in ns since the start of the run. */
export interface FaultEvidence {
  readonly id: number;
  readonly fault: string;
  readonly describe: string;
  readonly nodes: readonly string[];
  readonly askedNs: number;
  /** When the effect was first and last seen; absent if it never was. */
  readonly firstEffectNs?: number;
  readonly lastEffectNs?: number;
  readonly healAskedNs?: number;
  /** When recovery was seen; absent if it never was. */
  readonly healedNs?: number;
  readonly effect?: Effect;
  readonly recovery?: Effect;
  readonly error?: string;
}
