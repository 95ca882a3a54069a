/** Names what a counter did wrong, by adding up all that may have been counted by then. */
import { FAIL, OK, type History } from '../../../history/index.ts';
import { operationAt } from '../operation.ts';
import type { Finding } from './finding.ts';
import { nodePhrase, processOf, valueText, whatHappened, whenPhrase } from './phrase.ts';

/** Each of so many last reads is compared with the whole. */
const READS_TRIED = 32;

/** `smallest` in order of invocation; `all` the key's rows, in which everything is counted. */
export function nameCounterAnomaly(
  history: History,
  smallest: Int32Array,
  all: Int32Array,
  init: number,
): Finding | undefined {
  const steps = Float64Array.from(all, (row) => (history.outcome[row] === FAIL ? 0 : step(history, row)));
  const reads = [...smallest].filter((row) => isRead(history, row)).slice(-READS_TRIED);
  for (const row of reads.toReversed()) {
    const { most, least } = bounds(history, row, all, steps, init);
    const value = Number(operationAt(history, row).output);
    if (value <= most && value >= least) continue;
    const what = `${processOf(history, row)} read ${valueText(operationAt(history, row).output ?? null)}${nodePhrase(history, row, 'from')} ${whenPhrase(history, row)}`;
    return value > most
      ? {
          kind: 'count too high',
          sentence: `${what}, but all that had been added by then makes ${most} at most`,
          witnesses: [row],
        }
      : {
          kind: 'count too low',
          sentence: `${what}, but what had been acknowledged before makes ${least} at least`,
          witnesses: [row],
        };
  }
  return backwards(history, reads, steps);
}

/** What a read may say, whatever the order of those that ran beside it. */
function bounds(
  history: History,
  row: number,
  all: Int32Array,
  steps: Float64Array,
  init: number,
): { most: number; least: number } {
  let [most, least] = [init, init];
  for (let place = 0; place < all.length; place++) {
    const [each, amount] = [all[place]!, steps[place]!];
    if (amount === 0 || history.invoke[each]! > history.complete[row]!) continue;
    const isSure = history.outcome[each] === OK && history.complete[each]! < history.invoke[row]!;
    if (isSure || amount > 0) most += amount;
    if (isSure || amount < 0) least += amount;
  }
  return { most, least };
}

/** A read that saw less than one before it, of a counter that only grows. */
function backwards(history: History, reads: readonly number[], steps: Float64Array): Finding | undefined {
  const value = (row: number) => Number(operationAt(history, row).output);
  if (steps.some((amount) => amount < 0)) return undefined;
  for (const late of reads.toReversed()) {
    const early = reads.find(
      (row) => (history.complete[row] ?? 0) < (history.invoke[late] ?? 0) && value(row) > value(late),
    );
    if (early === undefined) continue;
    return {
      kind: 'count went backwards',
      sentence: `${whatHappened(history, late)}, but ${whatHappened(history, early)} before, and nothing was taken away`,
      witnesses: [late, early],
    };
  }
  return undefined;
}

function isRead(history: History, row: number): boolean {
  return history.outcome[row] === OK && operationAt(history, row).f === 'read';
}

function step(history: History, row: number): number {
  const { f, input } = operationAt(history, row);
  return f === 'increment' ? 1 : f === 'decrement' ? -1 : f === 'add' ? Number(input) : 0;
}
