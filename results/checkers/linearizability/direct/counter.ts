/**
 * A counter: by scheduling where all steps are equal, by bounds where those decide.
 *
 * Where every add is of one, the increments are interchangeable and reads say how many there were. The k-th increment comes
 * after all reads that saw fewer than k were invoked, and before any that saw k or more completed. So, as time passes: at the
 * completion of an increment let it happen if it has not; at that of a read let as many happen as it saw, of those
 * invoked the one that completes first. If there is none, or if that is too early for a read still to come, the history
 * is not linearizable.
 *
 * Steps of several sizes make it a subset sum. Then a read is wrong if it lies outside of what the adds that surely, and possibly,
 * happened allow; it is right if these two are the same; in between the general search must decide.
 */
import { FAIL, INFO, NEVER, OK, type History } from '../../../history/index.ts';
import type { Subhistory } from '../subhistory.ts';
import type { Witnesses } from './elements.ts';
import { orderOf } from './moments.ts';
import { poolOf } from './scheduling.ts';

interface Step {
  readonly row: number;
  /** What it adds; of a read, what it saw less the initial value. */
  readonly amount: number;
  readonly reads: boolean;
  readonly begin: number;
  readonly end: number;
}

/** Rows of a violation; undefined if it is linearizable; `unsure` where a search must decide. */
export function judgeCounter(part: Subhistory, init: number): Witnesses | undefined | 'unsure' {
  const steps = stepsOf(part, init);
  if (!steps) return 'unsure';
  const proof = judgeSteps(steps);
  return typeof proof === 'object' ? withPast(steps, proof) : proof;
}

/** A sum is only proven wrong together with all that came before. */
function withPast(steps: readonly Step[], witnesses: Witnesses): Witnesses {
  const named = steps.filter(({ row }) => witnesses.includes(row));
  const until = Math.max(...named.map(({ begin, end }) => (end === NEVER ? begin : end)));
  const past = steps.filter(({ begin }) => begin < until).map(({ row }) => row);
  return [...new Set([...witnesses, ...past])];
}

function judgeSteps(steps: readonly Step[]): Witnesses | undefined | 'unsure' {
  const strange = steps.find(({ amount }) => Number.isNaN(amount));
  if (strange) return strange.reads ? [strange.row] : 'unsure';
  const adds = steps.filter(({ reads }) => !reads);
  if (adds.every(({ amount }) => amount === 1)) return judgeUnits(steps, adds.length);
  if (adds.every(({ amount }) => amount === -1)) {
    return judgeUnits(
      steps.map((step) => ({ ...step, amount: -step.amount })),
      adds.length,
    );
  }
  return judgeBounds(steps);
}

/** In order of invocation; undefined if something else is among them. */
function stepsOf({ history, rows }: Subhistory, init: number): Step[] | undefined {
  const { outcome, invoke, complete } = history;
  const steps: Step[] = [];
  for (const row of rows) {
    if (outcome[row] === FAIL) continue;
    const name = history.fs[history.f[row]!];
    const reads = name === 'read';
    if (reads && outcome[row] === INFO) continue;
    const amount = reads ? numberAt(history, history.output[row]!) - init : amountOf(history, row, name);
    if (amount === undefined) return undefined;
    steps.push({ row, amount, reads, begin: invoke[row]!, end: outcome[row] === OK ? complete[row]! : NEVER });
  }
  return steps;
}

function amountOf(history: History, row: number, name: string | undefined): number | undefined {
  if (name === 'increment') return 1;
  if (name === 'decrement') return -1;
  return name === 'add' ? numberAt(history, history.input[row]!) : undefined;
}

function numberAt({ values }: History, id: number): number {
  const value = values[id];
  return typeof value === 'number' ? value : NaN;
}

function byCompletion(steps: readonly Step[]): Step[] {
  const order = orderOf(Int32Array.from(steps, ({ end }) => end));
  return Array.from(order, (place) => steps[place]!).filter(({ end }) => end !== NEVER);
}

function judgeUnits(steps: readonly Step[], increments: number): Witnesses | undefined {
  const impossible = steps.find(
    ({ reads, amount }) => reads && (amount < 0 || amount > increments || !Number.isInteger(amount)),
  );
  if (impossible) return [impossible.row];
  const lastReader = lastReaders(steps, increments);
  const pool = poolOf();
  let happened = 0;
  let next = 0;
  for (const step of byCompletion(steps)) {
    for (; next < steps.length && steps[next]!.begin < step.end; next++) {
      const { row, reads, end } = steps[next]!;
      if (!reads) pool.open(row, end);
    }
    let due = step.reads ? step.amount - happened : pool.take(step.row) ? 1 : 0;
    for (; due > 0; due--) {
      const reader = lastReader[happened];
      if (reader && reader.begin > step.end) return [reader.row, step.row];
      if (step.reads && pool.takeNext() < 0) return [step.row];
      happened++;
    }
  }
  return undefined;
}

/** By count: of the reads that saw that or less, the one invoked last. */
function lastReaders(steps: readonly Step[], increments: number): (Step | undefined)[] {
  const last = new Array<Step | undefined>(increments + 1).fill(undefined);
  for (const step of steps) if (step.reads) last[step.amount] = step;
  for (let count = 1; count <= increments; count++) {
    const before = last[count - 1];
    if (before && before.begin > (last[count]?.begin ?? -1)) last[count] = before;
  }
  return last;
}

function judgeBounds(steps: readonly Step[]): Witnesses | undefined | 'unsure' {
  const ends = byCompletion(steps);
  // What has completed by the invocation of each read.
  const doneBy = new Map<number, { readonly gains: number; readonly losses: number }>();
  let ended = 0;
  let [gains, losses] = [0, 0];
  for (const { row, reads, begin } of steps) {
    for (; ended < ends.length && ends[ended]!.end < begin; ended++) {
      const { reads: observes, amount } = ends[ended]!;
      if (observes) continue;
      gains += Math.max(0, amount);
      losses += Math.min(0, amount);
    }
    if (reads) doneBy.set(row, { gains, losses });
  }
  let certain = true;
  let begun = 0;
  let [mostGains, mostLosses] = [0, 0];
  for (const { row, reads, amount, end } of ends) {
    for (; begun < steps.length && steps[begun]!.begin < end; begun++) {
      const { reads: observes, amount: step } = steps[begun]!;
      if (observes) continue;
      mostGains += Math.max(0, step);
      mostLosses += Math.min(0, step);
    }
    const done = doneBy.get(row);
    if (!reads || !done) continue;
    const [least, most] = [done.gains + mostLosses, mostGains + done.losses];
    if (amount < least || amount > most) return [row];
    certain &&= least === most;
  }
  return certain ? undefined : 'unsure';
}
