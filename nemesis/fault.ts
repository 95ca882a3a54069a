/**
 * The fault contract. A fault is a kind of harm; an injection is one that is in force and carries its own cure.
 *
 * Choosing and doing are apart: `choose` draws a plan from the seed, knowing only the nodes' names, so the whole schedule
 * exists before the run and can be printed, stored and replayed; `inject` carries one plan out. No fault is believed on
 * its word: `effect` and `recovery` are measurements, made by other means than the harm itself where there are any.
 * A user's own fault is one file whose default export is `defineFault({ ... })`, named on the command line by path.
 */
import type { z } from 'zod';
import type { Effect } from '../results/index.ts';
import type { Capability, Cluster } from '../targets/index.ts';
import type { Random } from '../workloads/index.ts';

/**
 * Parts of a cluster. `processes`: they end, stand still or are started anew, wait for their disk, or must all go on for the
 * members to change.
 */
export type Part = 'network' | 'processes' | 'clocks' | 'resources' | 'disks' | 'membership';

export interface Fault<P = unknown> {
  /** One word: `partition`, `pause`. It is the `f` of its events in the history. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  readonly needs: readonly Capability[];
  /** All that it harms, or changes when it heals; see `compatible`. */
  readonly harms: readonly Part[];
  /** The shape of a plan: JSON, complete, so that a recorded plan can be injected again. */
  readonly plan: z.ZodType<P>;
  /** Names of the nodes that a plan concerns; absent where that is all of them, or known only when it is injected. */
  victims?(plan: P): readonly string[];
  /** Draws a plan for a cluster of these nodes. Depends on its arguments alone. */
  choose(nodes: readonly string[], random: Random): P;
  /**
   * Does the harm and returns the injection, or throws after undoing what it had begun. The cure is handed to
   * `cluster.agent` before the harm is done, so that it outlives the controller.
   */
  inject(cluster: Cluster, plan: P, signal: AbortSignal): Promise<Injection>;
}

export interface Injection {
  /** For a person: `n1,n2 | n3,n4,n5`. */
  readonly describe: string;
  /** Names of the nodes it harms. */
  readonly nodes: readonly string[];
  /** Measures the harm; called while it is in force. Waits for the effect to show, at most until `signal`. */
  effect(signal: AbortSignal): Promise<Effect>;
  /** Undoes the harm. Called again after a failure, it goes on where it failed. */
  heal(signal: AbortSignal): Promise<void>;
  /** Measures that the harm is gone; called after `heal`. Waits for the recovery to show, at most until `signal`. */
  recovery(signal: AbortSignal): Promise<Effect>;
}

/** Checks the shape at compile time and returns it as it is. */
export function defineFault<P>(fault: Fault<P>): Fault<P> {
  return fault;
}
