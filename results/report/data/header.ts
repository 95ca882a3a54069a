/**
 * What a report's page knows besides the columns: plain JSON, written by `compile.ts`, read by the viewer.
 *
 * Everything that came from the system under test is already text here: values are written as a person reads them, since
 * the page only shows them. A *row* is an operation's position in the columns; -1 is no operation.
 */
import type { Evidence, FaultEvidence, Judgement } from '../../verdict.ts';

/** Codes of the `outcome` column; the same numbers as in a history. */
export const OUTCOMES = ['ok', 'fail', 'info'] as const;
export type OutcomeName = (typeof OUTCOMES)[number];
export const OK_CODE = 0;
export const FAIL_CODE = 1;
export const INFO_CODE = 2;

/** Stands in the `duration` column for an operation that never completed. */
export const OPEN = 0xffffffff;

export interface Header {
  readonly run: RunFacts;
  readonly verdict: VerdictFacts;
  readonly anomalies: readonly AnomalyFacts[];
  readonly evidence?: Evidence;
  /** Injections in the order they were asked for; times in ns since the start of the run. */
  readonly faults: readonly FaultEvidence[];
  /** run.json as rows of a table: a dotted name, and the value as text. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  readonly phases: readonly PhaseRow[];
  readonly logs: readonly LogFacts[];
  /** Absent where no order was looked for. */
  readonly placements?: PlacementFacts;
  /** Operations. */
  readonly count: number;
  /** When the first operation began, a little less: launching may have taken longer than the load. */
  readonly fromNs: number;
  readonly durationNs: number;
  /** The times in the columns are in this many nanoseconds. */
  readonly unitNs: number;
  /** Tables that the columns point into; `keys`, `nodes` and `errors` hold "absent" as null at 0. */
  readonly fs: readonly string[];
  readonly keys: readonly (string | null)[];
  readonly nodes: readonly (string | null)[];
  readonly errors: readonly (string | null)[];
  readonly processes: readonly number[];
  /** The lane of each process: processes that follow one another share one. */
  readonly laneOf: readonly number[];
  readonly lanes: readonly string[];
}

/** Empty texts where there is no run.json. */
export interface RunFacts {
  readonly id: string;
  readonly title: string;
  readonly startedAt: string;
  readonly seed: string;
  readonly again: string;
}

export interface VerdictFacts {
  readonly judgement: Judgement;
  readonly sentence: string;
  readonly reasons: readonly string[];
  readonly checker: string;
  readonly operations: number;
  readonly durationMs: number;
  readonly keys: { readonly valid: number; readonly invalid: number; readonly unknown: number };
}

export interface AnomalyFacts {
  readonly kind: string;
  readonly sentence: string;
  readonly key: string | null;
  /** The operations that prove it, in order of invocation. */
  readonly witnesses: readonly number[];
  /** The fewest operations that still violate, in order of invocation; empty without an explanation. */
  readonly smallest: readonly number[];
  readonly steps: readonly StepFacts[];
  /** Where the operations named above stand in the history; the order of events is theirs, not the clock's. */
  readonly positions: readonly PositionFacts[];
}

export interface PositionFacts {
  readonly row: number;
  readonly invoke: number;
  /** Null for an operation of unknown fate: it stays open. */
  readonly complete: number | null;
}

export interface StepFacts {
  readonly row: number;
  readonly position: number | null;
  readonly before: string | null;
  readonly after: string | null;
}

export const PHASES = ['calm', 'fault', 'recovery'] as const;
export type Phase = (typeof PHASES)[number];

/** Operations of one kind in one phase; latencies of the ok ones, null where there is none. */
export interface PhaseRow {
  readonly f: string;
  readonly phase: Phase;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly maxNs: number | null;
}

/** One node's log: its lines stand in the columns `log.<index>.time` (ms of the run, signed) and `log.<index>.text`. */
export interface LogFacts {
  readonly node: string;
  readonly lines: number;
  /** Lines left out because the log was too long for one page. */
  readonly dropped: number;
  /** Whether any line carried a time that could be read. */
  readonly timed: boolean;
}

/**
 * Orders that were found; where each operation stands in them is in the columns `placed.shift` and `placed.state`, and states
 * that are neither what went in nor what came out in `placed.others`.
 */
export interface PlacementFacts {
  /** Id of the value that is the state at first. */
  readonly init: number;
  /** Keys with an order, and whether that explains all (1) or only what came before the violation (0). */
  readonly keys: readonly (readonly [key: number, whole: 0 | 1])[];
}

/** How the state after an operation is found: it is the output's value, or the input's, or the next of the others; 0: unknown. */
export const AS_OUTPUT = 1;
export const AS_INPUT = 2;
export const AS_OTHER = 3;
