/** Names what a counter did wrong, by adding up the smallest sub-history that shows it. */
import { OK, type History } from '../../../history/index.ts';
import { operationAt } from '../operation.ts';
import { nodePhrase, processOf, valueText, whatHappened, whenPhrase } from './phrase.ts';
import type { Finding } from './register-anomaly.ts';

/** `smallest` in order of invocation. */
export function nameCounterAnomaly(history: History, smallest: Int32Array, init: number): Finding | undefined {
  for (const row of [...smallest].toReversed()) {
    const { f, output } = operationAt(history, row);
    if (f !== 'read' || history.outcome[row] !== OK) continue;
    const sure = [...smallest].filter(
      (each) => history.outcome[each] === OK && completion(history, each) < (history.invoke[row] ?? 0),
    );
    const maybe = [...smallest].filter(
      (each) => (history.invoke[each] ?? 0) < completion(history, row) && !sure.includes(each),
    );
    const base = sure.reduce((sum, each) => sum + step(history, each), init);
    const most = maybe.reduce((sum, each) => sum + Math.max(0, step(history, each)), base);
    const least = maybe.reduce((sum, each) => sum + Math.min(0, step(history, each)), base);
    const value = Number(output);
    if (value <= most && value >= least) continue;
    const what = `${processOf(history, row)} read ${valueText(output ?? null)}${nodePhrase(history, row, 'from')} ${whenPhrase(history, row)}`;
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
  return backwards(history, smallest);
}

/** A read that saw less than one before it, of a counter that only grows. */
function backwards(history: History, smallest: Int32Array): Finding | undefined {
  const reads = [...smallest].filter((row) => operationAt(history, row).f === 'read' && history.outcome[row] === OK);
  const value = (row: number) => Number(operationAt(history, row).output);
  if ([...smallest].some((row) => step(history, row) < 0)) return undefined;
  for (const late of reads.toReversed()) {
    const early = reads.find(
      (row) => completion(history, row) < (history.invoke[late] ?? 0) && value(row) > value(late),
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

function step(history: History, row: number): number {
  const { f, input } = operationAt(history, row);
  return f === 'increment' ? 1 : f === 'decrement' ? -1 : f === 'add' ? Number(input) : 0;
}

function completion(history: History, row: number): number {
  return history.complete[row] ?? 0;
}
