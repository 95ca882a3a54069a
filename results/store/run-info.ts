/**
 * run.json: what a trial was, enough to read its folder without us and to run it again.
 *
 * A run's folder holds run.json, history.jsonl (appended live), verdict.json (replaced by `ordeal check`),
 * summary.json (at most 4 KB), nodes/<node>.log, report.html.
 */
import type { CheckSpec } from '../checkers/checker.ts';
import type { Value } from '../history/event.ts';

export interface RunInfo {
  /** Path below the runs directory: `2026-11-22/0201-etcd-register-partition-7f3a`. */
  readonly id: string;
  /** Version of ordeal that made the run. */
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seed: string;
  readonly target: { readonly name: string; readonly params: Value };
  readonly workload: {
    readonly name: string;
    readonly params: Value;
    /** The ops that change nothing: they count as final reads. */
    readonly reads: readonly string[];
    /** Who judges the history. */
    readonly checker: CheckSpec;
  };
  /** Names of the faults in the mix; empty for a calm run. */
  readonly nemesis: readonly string[];
  /** The planned injections: what `--plan` replays. */
  readonly schedule: Value;
  readonly settings: {
    readonly timeMs: number;
    readonly nodes: number;
    readonly clients: number;
    /** Operations per second over all clients; null is full speed. */
    readonly rate: number | null;
    readonly opTimeoutMs: number;
  };
  /** The cluster as it really was: image reference and digest, version the system reports, addresses. */
  readonly cluster: Readonly<Record<string, Value>>;
  /** Node.js, kernel, engine, cores. */
  readonly environment: Readonly<Record<string, Value>>;
  readonly argv: readonly string[];
  /** The command that repeats this trial. */
  readonly again: string;
}
