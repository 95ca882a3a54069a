/**
 * Judges a stored history in a worker thread, under limits that hold even where a checker forgets them.
 *
 * The checker itself stops at its budget and says what it decided by then; the thread is the second line: it is
 * terminated past the budget and a grace, and its heap is bounded. Whatever goes wrong in there is `unknown`, with the
 * reason, never `valid`, and never the end of the controller. An interrupt ends the check with what it decided so far.
 */
import { on, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { within } from '../deadline.ts';
import { Problem } from '../problem.ts';
import type { Aliases } from '../user-module.ts';
import type { Verdict } from '../verdict.ts';
import type { CheckSpec, Limits } from './checker.ts';
import type { Expectations } from './evidence.ts';

export interface Judging {
  /** history.jsonl, or any other format that can be read. */
  readonly historyPath: string;
  readonly spec: CheckSpec;
  readonly limits: Limits;
  /** Absent for a foreign history. */
  readonly expected?: Expectations;
  /** Of a foreign history: whether its values are tuples of key and value; as they look if left out. */
  readonly keyed?: boolean;
  /** Where to write the orders that prove the history linearizable; a notice says which keys have one. */
  readonly orderPath?: string;
  /** What a user's module named in `spec` may import by name. */
  readonly aliases?: Aliases;
}

/** Keys decided so far. */
export interface Progress {
  readonly decided: number;
  readonly total: number;
}

export type WorkerMessage = WorkerAnswer | { readonly progress: Progress };
export type WorkerAnswer = { readonly verdict: Verdict } | { readonly problem: string; readonly remedy: string };

/** Ten minutes, and four gigabytes for the search's tables. */
export const DEFAULT_LIMITS: Limits = { budgetMs: 600_000, memoryBytes: 4 * 2 ** 30 };

/** How long a checker may overrun its own budget before its thread is ended: to read the history, and to explain what it found. */
const GRACE_MS = 60_000;
/** The same after an interrupt, when less is explained. */
const INTERRUPT_GRACE_MS = 20_000;
/** What a history's values may need of the heap besides the search's tables. */
const HISTORY_MIB = 4096;

/**
 * Rejects only with a `Problem` (a malformed history, an unknown checker). At `signal` the check ends, and the verdict tells
 * which keys were decided by then.
 */
export async function judge(
  judging: Judging,
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): Promise<Verdict> {
  const { limits, spec } = judging;
  const begunMs = performance.now();
  const interrupted = new AbortController();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let lateness: NodeJS.Timeout | undefined;
  const onSignal = () => {
    Atomics.store(stop, 0, 1);
    lateness = setTimeout(() => interrupted.abort(), INTERRUPT_GRACE_MS).unref();
  };
  // Timers know no more.
  const overdue = within(Math.min(limits.budgetMs + GRACE_MS, 2 ** 31 - 1), interrupted.signal);
  const worker = openWorker({ ...judging, limits: { ...limits, stop } });
  signal?.addEventListener('abort', onSignal, { once: true });
  if (signal?.aborted) onSignal();
  try {
    const message = await Promise.race([
      answerOf(worker, overdue, onProgress),
      once(worker, 'exit').then(([code]) => Promise.reject(new Error(`its thread ended with code ${String(code)}`))),
    ]);
    if ('verdict' in message) return message.verdict;
    throw new Problem(message.problem, message.remedy);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const late = interrupted.signal.aborted ? 'it was interrupted' : `it took longer than ${limits.budgetMs} ms`;
    return unfinished(spec, overdue.aborted ? late : describe(error), performance.now() - begunMs);
  } finally {
    clearTimeout(lateness);
    signal?.removeEventListener('abort', onSignal);
    await worker.terminate();
  }
}

async function answerOf(
  worker: Worker,
  signal: AbortSignal,
  onProgress?: (progress: Progress) => void,
): Promise<WorkerAnswer> {
  for await (const [message] of on(worker, 'message', { signal }) as AsyncIterable<[WorkerMessage]>) {
    if (!('progress' in message)) return message;
    onProgress?.(message.progress);
  }
  throw new Error('its thread gave no answer');
}

function openWorker(judging: Judging): Worker {
  // Only under a test runner is this file a TypeScript source, and its sibling too.
  const extension = import.meta.url.slice(-3);
  return new Worker(new URL(`./judge-worker${extension}`, import.meta.url), {
    workerData: judging,
    execArgv: extension === '.ts' ? ['--import', 'jiti/register'] : [],
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(judging.limits.memoryBytes / 2 ** 20) + HISTORY_MIB },
  });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'it ran out of memory'
    : (error.stack ?? error.message);
}

function unfinished(spec: CheckSpec, reason: string, durationMs: number): Verdict {
  return {
    judgement: 'unknown',
    sentence: `the check did not finish: ${reason.split('\n')[0] ?? ''}`,
    anomalies: [],
    reasons: [reason],
    checker: { name: spec.name, version: '1', operations: 0, durationMs },
    keys: { valid: 0, invalid: 0, unknown: 0 },
  };
}
