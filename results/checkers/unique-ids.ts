/** `unique-ids`: no id is handed out twice. `generate` returns one. */
import { z } from 'zod';
import { OK } from '../history/index.ts';
import type { Anomaly } from '../verdict.ts';
import type { Checker } from './checker.ts';
import { nodePhrase, processOf, valueText, whenPhrase } from './linearizability/explain/phrase.ts';
import type { Subhistory } from './linearizability/subhistory.ts';
import { checkerOf, eventsAt, optionsOf, type Finding } from './promise.ts';

const schema = z.strictObject({
  /** The operation that returns an id. */
  f: z.string().default('generate'),
});

export function uniqueIds(options: unknown): Checker {
  const { f } = optionsOf('unique-ids', schema, options);
  return checkerOf('unique-ids', 'no id was handed out twice', (part) => judge(part, f));
}

function judge({ history, rows }: Subhistory, f: string): Finding {
  const handedOut = new Map<number, number>();
  const anomalies: Anomaly[] = [];
  let ok = 0;
  for (const row of rows) {
    if (history.fs[history.f[row] ?? 0] !== f || history.outcome[row] !== OK) continue;
    ok++;
    const id = history.output[row] ?? 0;
    const before = handedOut.get(id);
    if (before === undefined) {
      handedOut.set(id, row);
      continue;
    }
    const got = (each: number) =>
      `${processOf(history, each)} got ${valueText(history.values[id] ?? null)}${nodePhrase(history, each, 'from')} ${whenPhrase(history, each)}`;
    anomalies.push({
      kind: 'duplicate id',
      sentence: `${got(row)}, but ${got(before)}`,
      events: eventsAt(history, row, before),
    });
  }
  return {
    anomalies,
    counts: { ids: ok, duplicates: anomalies.length },
    ...(ok === 0 ? { doubt: `no ${f} succeeded` } : {}),
  };
}
