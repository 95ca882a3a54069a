/**
 * `counter`: a read lies between what was surely added and what may have been. `add` (any integer), `increment`, `decrement`, `read`.
 *
 * Each read has bounds: at least the gains acknowledged before it was invoked and all losses invoked before it completed; at most the
 * reverse. Weaker than the linearizable counter: two reads may contradict each other within their bounds.
 */
import { z } from 'zod';
import { FAIL, OK } from '../history/index.ts';
import type { Anomaly } from '../verdict.ts';
import type { Checker } from './checker.ts';
import { nodePhrase, processOf, valueText, whenPhrase } from './linearizability/explain/phrase.ts';
import type { Subhistory } from './linearizability/subhistory.ts';
import { checkerOf, eventsAt, optionsOf, type Finding } from './promise.ts';

const schema = z.strictObject({
  /** What it counts from. */
  init: z.number().default(0),
});

export function counter(options: unknown): Checker {
  const { init } = optionsOf('counter', schema, options);
  return checkerOf('counter', 'every read lies between what was surely and what was possibly added', (part) =>
    judge(part, init),
  );
}

function judge(part: Subhistory, init: number): Finding {
  const { history, rows } = part;
  const bounds = new Map<number, { least: number; most: number }>();
  const anomalies: Anomaly[] = [];
  const sure = { gains: 0, losses: 0 };
  const begun = { gains: 0, losses: 0 };
  const grow = (sums: typeof sure, step: number) => {
    if (step > 0) sums.gains += step;
    else sums.losses += step;
  };
  for (const { row, completes } of eventsInOrder(part)) {
    const reads = history.fs[history.f[row] ?? 0] === 'read';
    if (!reads) grow(completes ? sure : begun, stepAt(part, row));
    else if (!completes) bounds.set(row, { least: init + sure.gains, most: init + sure.losses });
    else {
      const before = bounds.get(row) ?? { least: init, most: init };
      const [least, most] = [before.least + begun.losses, before.most + begun.gains];
      const value = history.values[history.output[row] ?? 0] ?? null;
      if (typeof value === 'number' && value >= least && value <= most) continue;
      const what = `${processOf(history, row)} read ${valueText(value)}${nodePhrase(history, row, 'from')} ${whenPhrase(history, row)}`;
      const kind = typeof value !== 'number' ? 'read of no number' : value < least ? 'count too low' : 'count too high';
      anomalies.push({
        kind,
        sentence: `${what}, but it can only have been from ${least} to ${most}`,
        events: eventsAt(history, row),
      });
    }
  }
  const reads = [...rows].filter(
    (row) => history.fs[history.f[row] ?? 0] === 'read' && history.outcome[row] === OK,
  ).length;
  return {
    anomalies,
    counts: { reads, 'out of bounds': anomalies.length },
    ...(reads === 0 ? { doubt: 'no read of the counter succeeded' } : {}),
  };
}

/** Invocations of what did not fail, and completions of what succeeded. */
function eventsInOrder({ history, rows }: Subhistory): { row: number; completes: boolean; at: number }[] {
  const events = [...rows]
    .filter((row) => history.outcome[row] !== FAIL)
    .flatMap((row) => [
      { row, completes: false, at: history.invoke[row] ?? 0 },
      ...(history.outcome[row] === OK ? [{ row, completes: true, at: history.complete[row] ?? 0 }] : []),
    ]);
  return events.sort((a, b) => a.at - b.at);
}

function stepAt({ history }: Subhistory, row: number): number {
  const f = history.fs[history.f[row] ?? 0];
  if (f === 'increment') return 1;
  if (f === 'decrement') return -1;
  return f === 'add' ? Number(history.values[history.input[row] ?? 0]) : 0;
}
