/**
 * Processes x generators x clients -> history.
 *
 * All workers live in one event loop: time is spent waiting for the cluster, not computing, and one loop gives the history
 * one order. A phase (the load, the final reads) is a generator for each worker; workers keep their clients and process
 * numbers from phase to phase.
 */
import { setMaxListeners } from 'node:events';
import type { Generator } from '../workloads/index.ts';
import { Worker, type WorkerOptions } from './worker.ts';

export interface Interpreter extends AsyncDisposable {
  /** Runs one phase: `generatorOf` makes each thread's generator. Resolves when all are done. */
  run(generatorOf: (thread: number) => Generator, signal: AbortSignal): Promise<void>;
}

/** `optionsOf` gives what differs between workers. */
export function openInterpreter(
  count: number,
  common: Omit<WorkerOptions, 'thread' | 'node' | 'connect' | 'random'>,
  optionsOf: (index: number) => Pick<WorkerOptions, 'node' | 'connect' | 'random'>,
): Interpreter {
  const workers = Array.from(
    { length: count },
    (_, index) => new Worker({ ...common, ...optionsOf(index), thread: { index, count } }),
  );
  return {
    async run(generatorOf, signal) {
      // Every worker listens to it; Node takes more than ten listeners for a leak.
      setMaxListeners(0, signal);
      await Promise.all(workers.map((worker, index) => worker.run(generatorOf(index), signal)));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
    },
  };
}
