/**
 * The same check with its keys spread over threads: the verdict is that of `check`, sooner.
 *
 * A history of one key, or one that is judged in the blink of an eye, never leaves this thread. Otherwise helpers are
 * started, and all take the next key from one shared counter until there is none left. Columns are shared memory, and so is
 * what register algorithms know of values; other models get a copy of the values. Whatever a helper leaves open is
 * judged here, by all the means there are.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { History } from '../../history/index.ts';
import type { Verdict } from '../../verdict.ts';
import type { Limits } from '../checker.ts';
import { startBudget } from './budget.ts';
import { concludeKeys } from './linearizable.ts';
import { modelOf, parseOptions, type LinearizableOptions } from './options.ts';
import { ALGORITHMS, type Algorithm, type Outcome } from './outcome.ts';
import { judgeFor } from './portfolio.ts';
import { registerValues, type RegisterValues } from './register-values.ts';
import { splitByKey } from './subhistory.ts';

export interface Spreading {
  /** Threads at work, this one included. */
  readonly threads: number;
  /** Called now and then with the number of keys decided so far. */
  readonly onProgress?: (decided: number, total: number) => void;
  /** Helpers are started once the check has taken this long: it takes as much to start them. */
  readonly patienceMs?: number;
}

/** What a helper is given. */
export interface Share {
  readonly history: History;
  readonly options: LinearizableOptions;
  readonly limits: Limits;
  /** Of a register; without it `history.values` is whole. */
  readonly values?: RegisterValues;
  readonly board: Board;
}

/** Where the threads meet: shared memory. */
export interface Board {
  /** How many keys were taken, and how many of them are decided. */
  readonly counters: Int32Array;
  /** By key: place in ALGORITHMS, plus one, of the algorithm that proved it valid; 0 where nothing was proven. */
  readonly valid: Uint8Array;
}

/** A helper's violations, by the number of the key's part. */
export type Answer = readonly (readonly [part: number, outcome: Outcome])[];

export const TAKEN = 0;
export const DECIDED = 1;

/** How long this thread may go on without listening. */
const SLICE_MS = 50;

/** Throws a Problem on options it does not know. */
export async function checkSpread(
  history: History,
  options: LinearizableOptions,
  limits: Limits,
  { threads, onProgress, patienceMs = 250 }: Spreading,
): Promise<Verdict> {
  const startMs = performance.now();
  const parsed = parseOptions(options);
  const model = modelOf(parsed);
  const parts = splitByKey(history);
  const values = model.register && registerValues(history, model.register);
  const judge = judgeFor(history, model, parsed.algorithm, values);
  const board = {
    counters: new Int32Array(new SharedArrayBuffer(8)),
    valid: new Uint8Array(new SharedArrayBuffer(parts.length)),
  };
  const { counters, valid } = board;
  const outcomes = new Array<Outcome | undefined>(parts.length);
  const mayHelp = parts.length > 1 && threads > 1 && parsed.algorithm === undefined;
  // Searches at the same time share the memory.
  const shared = { ...limits, memoryBytes: mayHelp ? limits.memoryBytes / threads : limits.memoryBytes };
  const budget = startBudget(shared);
  const helpers: Helper[] = [];
  const callHelpers = () => {
    const share = { history: whatHelpersNeed(history, values), options, board, ...(values ? { values } : {}) };
    const rest = { ...shared, budgetMs: Math.max(1, limits.budgetMs - (performance.now() - startMs)) };
    for (let more = 1; more < threads; more++) helpers.push(startHelper({ ...share, limits: rest }));
  };
  try {
    if (mayHelp && patienceMs <= 0) callHelpers();
    let listenedMs = performance.now();
    for (let part = take(board); part < parts.length; part = take(board)) {
      outcomes[part] = judge(parts[part]!, budget);
      Atomics.add(counters, DECIDED, 1);
      const nowMs = performance.now();
      if (nowMs - listenedMs < SLICE_MS) continue;
      onProgress?.(Atomics.load(counters, DECIDED), parts.length);
      await breathe();
      listenedMs = performance.now();
      const isWorth = nowMs - startMs > patienceMs && Atomics.load(counters, TAKEN) < parts.length - 1;
      if (mayHelp && helpers.length === 0 && isWorth) callHelpers();
    }
    const ticking = setInterval(() => onProgress?.(Atomics.load(counters, DECIDED), parts.length), 200);
    const answers = await Promise.all(helpers.map(({ answer }) => answer)).finally(() => clearInterval(ticking));
    for (const [part, outcome] of answers.flat()) outcomes[part] = outcome;
  } finally {
    await Promise.all(helpers.map(({ worker }) => worker.terminate()));
  }
  const whole = startBudget({ ...limits, budgetMs: limits.budgetMs - (performance.now() - startMs) });
  const judged = parts.map((part, index): Outcome => {
    const algorithm = ALGORITHMS[valid[index]! - 1];
    if (algorithm) return { judgement: 'valid', algorithm };
    const outcome = outcomes[index];
    return outcome && (outcome.judgement !== 'unknown' || !mayHelp) ? outcome : judge(part, whole);
  });
  return concludeKeys(history, model, parts, judged, judge, startMs);
}

/** The number of the next part that nobody has taken; past the last when there is none. */
export function take({ counters }: Board): number {
  return Atomics.add(counters, TAKEN, 1);
}

/** Writes down that a part is valid. */
export function noteValid({ valid }: Board, part: number, algorithm: Algorithm): void {
  valid[part] = ALGORITHMS.findIndex((name) => name === algorithm) + 1;
}

/** Without what would have to be copied and is not read. */
function whatHelpersNeed(history: History, values: RegisterValues | undefined): History {
  const keys = new Array<undefined>(history.keys.length);
  return { ...history, keys, nodes: [], errors: [], nemesis: [], ...(values ? { values: [] } : {}) };
}

interface Helper {
  readonly worker: Worker;
  /** Nothing if the helper died: what it had taken is judged again. */
  readonly answer: Promise<Answer>;
}

function startHelper(share: Share): Helper {
  // Only under a test runner is this file a TypeScript source, and its sibling too.
  const extension = import.meta.url.slice(-3);
  const worker = new Worker(new URL(`./spread-worker${extension}`, import.meta.url), {
    workerData: share,
    execArgv: extension === '.ts' ? ['--import', 'jiti/register'] : [],
  });
  const answer = new Promise<Answer>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve([]));
    worker.once('exit', () => resolve([]));
  });
  return { worker, answer };
}
