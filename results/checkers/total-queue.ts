/**
 * `total-queue`: what goes in comes out, once, in whatever order. `enqueue`, `dequeue` (null if there was nothing), `drain` (a list).
 *
 * An element that came out more often than anybody may have put it in is duplicated, one that nobody put in is unexpected. An
 * acknowledged element that never came out is lost; but only if the queue was drained at the end, and only as far as there
 * were no crashed dequeues that may have had it. One whose enqueue crashed and that came out is `recovered`.
 */
import { z } from 'zod';
import { FAIL, INFO, OK, type Value } from '../history/index.ts';
import type { Anomaly } from '../verdict.ts';
import type { Checker } from './checker.ts';
import { canonical, isList } from './linearizability/canonical.ts';
import { nodePhrase, processOf, seconds, valueText, whenPhrase } from './linearizability/explain/phrase.ts';
import type { Subhistory } from './linearizability/subhistory.ts';
import { checkerOf, eventsAt, optionsOf, type Finding } from './promise.ts';

const schema = z.strictObject({});

export function totalQueue(options: unknown): Checker {
  optionsOf('total-queue', schema, options);
  return checkerOf('total-queue', 'what was enqueued came out, and nothing else', judge);
}

/** What happened to one element; rows. */
interface Fate {
  readonly value: Value;
  readonly acknowledged: number[];
  readonly crashed: number[];
  readonly failed: number[];
  readonly out: number[];
}

function judge(part: Subhistory): Finding {
  const { history } = part;
  const { fates, doubtfulTakes, drained } = sortOut(part);
  const all = [...fates.values()];
  const count = (amount: (fate: Fate) => number) => all.reduce((sum, fate) => sum + amount(fate), 0);
  const missing = ({ acknowledged, out }: Fate) => Math.max(0, acknowledged.length - out.length);
  const possible = ({ acknowledged, crashed }: Fate) => acknowledged.length + crashed.length;
  const losses = count(missing);
  const lost = drained ? Math.max(0, losses - doubtfulTakes) : 0;
  const others =
    doubtfulTakes > 0
      ? `, and so are ${losses - 1} others: more than the ${doubtfulTakes} dequeues of unknown fate can have had`
      : '';
  const lossAnomalies = all
    .filter((fate) => lost > 0 && missing(fate) > 0)
    .map(({ value, acknowledged: [row = 0] }): Anomaly => {
      const what = `${processOf(history, row)}'s enqueue of ${valueText(value)} was acknowledged${nodePhrase(history, row, 'by')} ${whenPhrase(history, row)}`;
      return {
        kind: 'element lost',
        sentence: `${what}, but it never came out${others}`,
        events: eventsAt(history, row),
      };
    });
  const strange = all
    .filter((fate) => possible(fate) === 0 && fate.out.length > 0)
    .map((fate) => unexpected(part, fate));
  const twice = all
    .filter((fate) => possible(fate) > 0 && fate.out.length > possible(fate))
    .map(({ value, acknowledged, crashed, out }): Anomaly => {
      const times = acknowledged.length + crashed.length;
      const sentence = `${valueText(value)} came out ${out.length} times, last by ${processOf(history, out.at(-1) ?? 0)} ${whenPhrase(history, out.at(-1) ?? 0)}, but it was enqueued ${times === 1 ? 'only once' : `only ${times} times`}`;
      return {
        kind: 'element duplicated',
        sentence,
        events: eventsAt(history, ...out.slice(-2), ...acknowledged.slice(0, 1)),
      };
    });
  const doubt = !drained && losses > 0 ? `the queue was not drained: ${losses} elements may still be in it` : undefined;
  const excused =
    drained && losses > 0 && lost === 0
      ? `${losses} elements never came out, but ${doubtfulTakes} dequeues of unknown fate may have had them`
      : undefined;
  const reason = doubt ?? excused ?? (all.length === 0 ? 'nothing was enqueued or dequeued' : undefined);
  return {
    anomalies: [...lossAnomalies, ...strange, ...twice],
    counts: {
      ok: count((fate) => Math.min(fate.acknowledged.length, fate.out.length)),
      lost,
      unexpected: strange.length,
      duplicated: twice.length,
      recovered: count((fate) =>
        Math.max(0, Math.min(fate.crashed.length, fate.out.length - fate.acknowledged.length)),
      ),
    },
    ...(reason === undefined ? {} : { doubt: reason }),
  };
}

function sortOut({ history, rows }: Subhistory) {
  const fates = new Map<string, Fate>();
  const fateOf = (value: Value): Fate => {
    const text = canonical(value);
    const fate = fates.get(text) ?? { value, acknowledged: [], crashed: [], failed: [], out: [] };
    fates.set(text, fate);
    return fate;
  };
  let [doubtfulTakes, lastPut, lastEmpty] = [0, -1, -1];
  for (const row of rows) {
    const f = history.fs[history.f[row] ?? 0];
    const outcome = history.outcome[row];
    const output = history.values[history.output[row] ?? 0] ?? null;
    const error = history.errors[history.error[row] ?? 0] ?? '';
    if (f === 'enqueue') {
      const { acknowledged, crashed, failed } = fateOf(history.values[history.input[row] ?? 0] ?? null);
      (outcome === OK ? acknowledged : outcome === INFO ? crashed : failed).push(row);
      // A crashed one may take effect after the drain, but nobody asks for it.
      if (outcome === OK) lastPut = Math.max(lastPut, history.complete[row] ?? 0);
    } else if (f === 'dequeue' || f === 'drain') {
      if (outcome === INFO) doubtfulTakes = f === 'drain' ? Infinity : doubtfulTakes + 1;
      const taken = outcome !== OK ? [] : f === 'drain' && isList(output) ? output : output === null ? [] : [output];
      for (const value of taken) fateOf(value).out.push(row);
      const empty =
        outcome === OK ? f === 'drain' || output === null : outcome === FAIL && /empty|exhausted/i.test(error);
      if (empty) lastEmpty = Math.max(lastEmpty, history.invoke[row] ?? 0);
    }
  }
  return { fates, doubtfulTakes, drained: lastEmpty > lastPut };
}

function unexpected({ history }: Subhistory, { value, failed, out }: Fate): Anomaly {
  const [row = 0] = out;
  const [put] = failed;
  const what = `${processOf(history, row)} dequeued ${valueText(value)}${nodePhrase(history, row, 'from')} ${whenPhrase(history, row)}`;
  if (put === undefined) {
    return {
      kind: 'unexpected element',
      sentence: `${what}, but nothing ever enqueued it`,
      events: eventsAt(history, row),
    };
  }
  const sentence = `${what}, but ${processOf(history, put)}'s enqueue of it had failed at ${seconds(history.completeNs[put] ?? 0)}`;
  return { kind: 'element from an operation that failed', sentence, events: eventsAt(history, row, put) };
}
