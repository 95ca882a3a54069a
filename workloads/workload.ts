/**
 * A workload: what clients do, over which API, and which promise the history is held to.
 *
 * A user's own workload is one file whose default export is `defineWorkload({ ... })`, named on the command line by path.
 */
import type { z } from 'zod';
import type { CheckSpec, Value } from '../results/index.ts';
import type { Generator, Thread } from './generator/generator.ts';
import type { Random } from './generator/random.ts';

export interface Workload<P = unknown> {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** The client API it speaks: a target offers it or the trial is skipped. */
  readonly api: string;
  /** The ops that change nothing: one that ends in an error saw nothing either, so it is `fail`, never `info`. */
  readonly reads: readonly string[];
  readonly parameters: z.ZodType<P>;
  /** The main load of one thread; `random` is that thread's own stream. */
  generator(thread: Thread, random: Random, params: P): Generator;
  /** What a thread does once the cluster is whole again: the final reads. `keys` are all that the main load touched. */
  final(thread: Thread, random: Random, params: P, keys: readonly Value[]): Generator;
  readonly checker: CheckSpec;
}

/** Checks the shape at compile time and returns it as it is. */
export function defineWorkload<P>(workload: Workload<P>): Workload<P> {
  return workload;
}
