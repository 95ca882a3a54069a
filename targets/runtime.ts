/** The runtime contract: what launches a target's nodes and gives them back as a cluster. */
import type { Clock, Cluster } from './cluster.ts';
import type { Target } from './target.ts';

export interface Runtime {
  readonly name: string;
  /**
   * Starts the cluster and resolves when it really serves. A failed start cleans up after itself and rejects with a
   * `Problem` that names the unmet condition, the container's state, exit code and last 20 log lines.
   */
  launch<P>(target: Target<P>, params: P, options: LaunchOptions, signal: AbortSignal): Promise<Cluster>;
}

export interface LaunchOptions {
  /** How many nodes. */
  readonly nodes: number;
  /** Image reference that replaces the target's own. */
  readonly image?: string;
  /** Unique name of this session: in the label of everything that is created, so that it can be swept. */
  readonly session: string;
  readonly clock: Clock;
  /** Leave the cluster up when it is disposed. */
  readonly keep: boolean;
  /** Give every node disks of its own, of a limited size, that can be harmed; costs some 0.3 s of the start. */
  readonly disks?: boolean;
  /** Time until it must serve. */
  readonly startTimeoutMs: number;
  /** Told what is going on, for the terminal. */
  readonly onProgress: (message: string) => void;
}
