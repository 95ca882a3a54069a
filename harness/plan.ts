/** Everything a trial depends on; the same plan plans the same ops and the same faults. */
import type { Fault, Schedule } from '../nemesis/index.ts';
import type { Runtime, Target } from '../targets/index.ts';
import type { Workload } from '../workloads/index.ts';

export interface TrialPlan {
  readonly runtime: Runtime;
  readonly target: Target;
  readonly targetParams: unknown;
  readonly workload: Workload;
  readonly workloadParams: unknown;
  readonly faults: readonly Fault[];
  /** Which of them strikes when. */
  readonly schedule: Schedule;
  /** Leave out what the cluster cannot suffer, instead of refusing the trial. */
  readonly lenient: boolean;
  readonly seed: string;
  readonly nodes: number;
  readonly clients: number;
  /** Operations per second over all clients; null is full speed. */
  readonly rate: number | null;
  readonly timeMs: number;
  readonly opTimeoutMs: number;
  readonly image?: string;
  /** Leave the cluster up. */
  readonly keep: boolean;
  /** The folder of all runs. */
  readonly runs: string;
  readonly argv: readonly string[];
  /** The command that repeats this trial. */
  readonly again: string;
}
