/**
 * The same check with its keys spread over threads: the verdict is that of `check`, sooner.
 *
 * A history of one key, or one that is judged in the blink of an eye, never leaves this thread. Otherwise helpers are
 * started, and in each round all take the next key from one shared counter until there is none left. Columns are shared
 * memory, and so is what register algorithms know of values; other models get a copy of the values. What no helper could
 * judge, or only with more memory than its share, is judged here in the end, by all the means there are.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { History } from '../../history/index.ts';
import type { Verdict } from '../../verdict.ts';
import { isStopped, type Limits } from '../checker.ts';
import {
  type Answer,
  beginRound,
  decided,
  newBoard,
  notedOf,
  noteDecided,
  type Share,
  take,
  taken,
  type Turn,
} from './board.ts';
import { sliceOf } from './budget.ts';
import { type Helper, startHelper } from './helpers.ts';
import { concludeKeys } from './linearizable.ts';
import { modelOf, parseOptions, type LinearizableOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { judgeFor, type Judge } from './portfolio.ts';
import { registerValues, type RegisterValues } from './register-values.ts';
import { judgePart, type Round, type Rounds, startRounds } from './rounds.ts';
import { splitByKey, type Subhistory } from './subhistory.ts';

export interface Spreading {
  /** Threads at work, this one included. */
  readonly threads: number;
  /** Called now and then with the number of keys decided so far. */
  readonly onProgress?: (decided: number, total: number) => void;
  /** Helpers are started once the check has taken this long: it takes as much to start them. */
  readonly patienceMs?: number;
}

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
  const mayHelp = parts.length > 1 && threads > 1 && parsed.algorithm === undefined;
  const rounds = startRounds(parts, limits, startMs);
  // Searches at the same time share the memory.
  const shared = mayHelp ? { ...limits, memoryBytes: limits.memoryBytes / threads } : limits;
  const board = newBoard(parts.length);
  const share = () => ({
    ...{ history: whatHelpersNeed(history, values), options, limits: shared, board },
    ...(values ? { values } : {}),
  });
  const check = { rounds, parts, judge, board, startMs, patienceMs, onProgress: onProgress ?? (() => undefined) };
  const crew = new Crew(mayHelp ? threads - 1 : 0, share);
  try {
    const left = await playRounds(check, shared, crew);
    await crew.dismiss();
    if (mayHelp && left.length > 0) {
      rounds.again(left);
      await playRounds(check, limits, new Crew(0, share));
    }
  } finally {
    await crew.dismiss();
  }
  return concludeKeys(history, model, parts, rounds.conclude(), judge, limits, startMs);
}

interface Check {
  readonly rounds: Rounds;
  readonly parts: readonly Subhistory[];
  readonly judge: Judge;
  readonly board: ReturnType<typeof newBoard>;
  readonly startMs: number;
  readonly patienceMs: number;
  readonly onProgress: (decided: number, total: number) => void;
}

/** Returns the parts that lacked other things than time. */
async function playRounds(check: Check, limits: Limits, crew: Crew): Promise<number[]> {
  const { rounds, parts, board, onProgress } = check;
  const left = new Set<number>();
  for (let round = rounds.next(1 + crew.size); round; round = rounds.next(1 + crew.size)) {
    beginRound(board);
    const turn = { parts: Int32Array.from(round.parts), sliceMs: round.sliceMs };
    crew.begin(turn, round.parts.length > 1 && performance.now() - check.startMs >= check.patienceMs);
    const mine = await playHere(check, round, turn, limits, crew);
    const ticking = setInterval(() => onProgress(decided(board), parts.length), 200);
    const answers = await crew.answers().finally(() => clearInterval(ticking));
    for (const part of settle(check, round, answers, mine)) left.add(part);
    onProgress(decided(board), parts.length);
  }
  return [...left].filter((part) => !isDecided(rounds.outcomes[part]));
}

/** This thread's share of a round; calls the crew where the round lasts. */
async function playHere(check: Check, round: Round, turn: Turn, limits: Limits, crew: Crew): Promise<Undecided> {
  const { rounds, parts, judge, board, onProgress } = check;
  const undecided: Undecided = { all: [], short: [] };
  let listenedMs = performance.now();
  for (let place = take(board); place < round.parts.length && !isStopped(limits); place = take(board)) {
    const part = round.parts[place]!;
    const budget = sliceOf(limits, round.sliceMs, check.startMs + limits.budgetMs);
    const outcome = judgePart(rounds, part, parts, judge, budget);
    if (outcome.judgement !== 'unknown') noteDecided(board);
    else undecided.all.push(part);
    if (outcome.judgement === 'unknown' && budget.shortage === 'memory') undecided.short.push(part);
    const nowMs = performance.now();
    if (nowMs - listenedMs < SLICE_MS) continue;
    onProgress(decided(board), parts.length);
    await breathe();
    listenedMs = performance.now();
    crew.begin(turn, nowMs - check.startMs > check.patienceMs && taken(board) < round.parts.length - 1);
  }
  return undecided;
}

/** Parts that this thread judged in a round and could not decide; the short ones lacked memory. */
interface Undecided {
  readonly all: number[];
  readonly short: number[];
}

/** Writes down what helpers found in a round, and returns the parts that lacked other things than time. */
function settle({ rounds, board }: Check, round: Round, answers: readonly Answer[], mine: Undecided): number[] {
  const left = [...mine.short, ...answers.flatMap(({ unsuited }) => unsuited)];
  const known = new Set([...mine.all, ...left]);
  for (const [part, outcome, shortage] of answers.flatMap(({ found }) => found)) {
    rounds.note(part, outcome, shortage);
    known.add(part);
    if (outcome.judgement === 'unknown' && shortage === 'memory') left.push(part);
  }
  for (const part of round.parts) {
    if (known.has(part) || isDecided(rounds.outcomes[part])) continue;
    const noted = notedOf(board, part);
    if (noted) rounds.note(part, noted);
    // Whoever had taken it is dead, or the check was ended.
    else left.push(part);
  }
  return left;
}

const isDecided = (outcome: Outcome | undefined) => outcome !== undefined && outcome.judgement !== 'unknown';

/** The helpers, from when it is worth to have them. */
class Crew {
  readonly size: number;
  readonly #share: () => Share;
  readonly #helpers: Helper[] = [];
  #answers: Promise<Answer>[] = [];

  constructor(size: number, share: () => Share) {
    this.size = size;
    this.#share = share;
  }

  /** Begins a round, once; `isWorth`: whether to start helpers that are not there yet. */
  begin(turn: Turn, isWorth: boolean): void {
    if (this.#answers.length > 0) return;
    if (isWorth && this.#helpers.length < this.size) {
      const share = this.#share();
      while (this.#helpers.length < this.size) this.#helpers.push(startHelper(share));
    }
    this.#answers = this.#helpers.map((helper) => helper.play(turn));
  }

  async answers(): Promise<Answer[]> {
    const answers = await Promise.all(this.#answers);
    this.#answers = [];
    return answers;
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#helpers.splice(0).map((helper) => helper.stop()));
  }
}

/** Without what would have to be copied and is not read. */
function whatHelpersNeed(history: History, values: RegisterValues | undefined): History {
  const keys = new Array<undefined>(history.keys.length);
  return { ...history, keys, nodes: [], errors: [], nemesis: [], ...(values ? { values: [] } : {}) };
}
