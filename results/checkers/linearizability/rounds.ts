/**
 * One budget for all keys of a check, given out in growing rounds.
 *
 * Keys differ: most are judged in microseconds, and one may need more than there is. Judged one after the other, the hard one
 * takes the time of all that follow. So each key first gets a small share; who needs more comes again in the next round, with
 * four times as much, the small ones first; the last one gets all that is left. To begin again costs a third of the time at
 * most, and only where there was not enough of it.
 */
import { isStopped, type Limits } from '../checker.ts';
import { type Purse, type Shortage, sliceOf } from './budget.ts';
import type { Outcome } from './outcome.ts';
import type { Judge } from './portfolio.ts';
import type { Subhistory } from './subhistory.ts';

const FIRST_MS = 100;
const GROWTH = 4;

export interface Round {
  /** Numbers of the keys' parts. */
  readonly parts: readonly number[];
  /** Time for each of them. */
  readonly sliceMs: number;
}

/** What became of each part, and who is to be judged next. */
export interface Rounds {
  /** By part; undefined while nothing is known of it. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** The next round for so many threads; undefined when all is decided, or what is left will not do. */
  next(threads: number): Round | undefined;
  /** Writes down what was found of a part; with a shortage of time it comes again. */
  note(part: number, outcome: Outcome, shortage?: Shortage): void;
  /** Only these are left, and begin anew: nobody could judge them where they were. */
  again(parts: readonly number[]): void;
  /** An outcome for each part. */
  conclude(): Outcome[];
}

/** `startMs`: since when the check's budget runs. */
export function startRounds(parts: readonly Subhistory[], limits: Limits, startMs: number): Rounds {
  const outcomes = new Array<Outcome | undefined>(parts.length);
  let open = Array.from(parts, (_, part) => part);
  let givenMs: number | undefined;
  const restMs = () => limits.budgetMs - (performance.now() - startMs);
  const bySize = (a: number, b: number) => (parts[a]?.rows.length ?? 0) - (parts[b]?.rows.length ?? 0);
  return {
    outcomes,
    next(threads) {
      if (isStopped(limits)) return undefined;
      const round = shareOut(givenMs === undefined ? open : open.sort(bySize), restMs(), threads, givenMs);
      if (!round) return undefined;
      givenMs = round.sliceMs;
      open = open.slice(round.parts.length);
      return round;
    },
    note(part, outcome, shortage) {
      outcomes[part] = outcome;
      if (outcome.judgement === 'unknown' && shortage === 'time') open.push(part);
    },
    again(parts) {
      open = [...parts];
      givenMs = 0;
    },
    conclude() {
      const why = isStopped(limits) ? 'the check was interrupted' : `the check's ${limits.budgetMs / 1000} s were over`;
      const untouched: Outcome = { judgement: 'unknown', reason: `${why} before it came to this`, reached: -1 };
      return Array.from(outcomes, (outcome) => outcome ?? untouched);
    },
  };
}

/**
 * `open`, the smallest first; `givenMs` is what each of them had before, in vain, or undefined in the first round, in which all
 * have their turn, even if it must be short. Later on who would get no more than before gets nothing; where time lacks for all,
 * the small ones get it.
 */
export function shareOut(
  open: readonly number[],
  restMs: number,
  threads: number,
  givenMs: number | undefined,
): Round | undefined {
  const share = (count: number) => (count <= threads ? restMs : (restMs * threads) / count);
  const nextMs = Math.max(FIRST_MS, GROWTH * (givenMs ?? 0));
  let count = open.length;
  while (givenMs !== undefined && count > 1 && share(count) < nextMs) count >>>= 1;
  const sliceMs = count <= threads ? restMs : Math.min(share(count), nextMs);
  if (count === 0 || (givenMs !== undefined && sliceMs <= givenMs)) return undefined;
  return { parts: open.slice(0, count), sliceMs };
}

/** Judges all parts in this thread. */
export function judgeInRounds(
  parts: readonly Subhistory[],
  judge: Judge,
  limits: Limits,
  startMs: number,
): readonly Outcome[] {
  const rounds = startRounds(parts, limits, startMs);
  for (let round = rounds.next(1); round; round = rounds.next(1)) {
    for (const part of round.parts) {
      if (isStopped(limits)) break;
      judgePart(rounds, part, parts, judge, sliceOf(limits, round.sliceMs, startMs + limits.budgetMs));
    }
  }
  return rounds.conclude();
}

/** Judges one part within a budget and writes down what was found. */
export function judgePart(
  rounds: Rounds,
  part: number,
  parts: readonly Subhistory[],
  judge: Judge,
  budget: Purse,
): Outcome {
  const subhistory = parts[part];
  if (!subhistory) throw new RangeError(`part ${part} of ${parts.length}`);
  const outcome = judge(subhistory, budget);
  rounds.note(part, outcome, budget.shortage);
  return outcome;
}
