/**
 * `bank`: money moves between accounts, and its total never changes. `read` returns all balances, `{ account: balance }` or a list.
 *
 * What snapshot isolation promises of transfers, and what lost updates and dirty reads break.
 */
import { z } from 'zod';
import { OK, type Value } from '../history/index.ts';
import type { Anomaly } from '../verdict.ts';
import type { Checker } from './checker.ts';
import { isList } from './linearizability/canonical.ts';
import { nodePhrase, processOf, valueText, whenPhrase } from './linearizability/explain/phrase.ts';
import type { Subhistory } from './linearizability/subhistory.ts';
import { checkerOf, eventsAt, optionsOf, type Finding } from './promise.ts';

const schema = z.strictObject({
  /** What all balances make together; without it, what the first read says. */
  total: z.number().optional(),
  /** Whether a balance may be below zero. */
  negative: z.boolean().default(false),
});

type Options = z.output<typeof schema>;

export function bank(options: unknown): Checker {
  const parsed = optionsOf('bank', schema, options);
  return checkerOf('bank', 'every read of the accounts makes the same total', (part) => judge(part, parsed));
}

function judge({ history, rows }: Subhistory, { total, negative }: Options): Finding {
  const reads = [...rows].filter((row) => history.fs[history.f[row] ?? 0] === 'read' && history.outcome[row] === OK);
  const [first] = reads;
  if (first === undefined) return { anomalies: [], counts: {}, doubt: 'no read of the accounts succeeded' };
  const balances = (row: number) => balancesOf(history.values[history.output[row] ?? 0] ?? null);
  const expected = total ?? sum(balances(first));
  const anomalies = reads.flatMap((row): Anomaly[] => {
    const what = `${processOf(history, row)}'s read${nodePhrase(history, row, 'from')} ${whenPhrase(history, row)}`;
    const own = balances(row);
    const strange = own.find(([, balance]) => typeof balance !== 'number');
    if (strange) {
      const sentence = `${what} shows no balance for account ${strange[0]}, but ${valueText(strange[1])}`;
      return [{ kind: 'account without a balance', sentence, events: eventsAt(history, row) }];
    }
    if (own.length === 0) {
      return [
        {
          kind: 'account without a balance',
          sentence: `${what} shows no account at all`,
          events: eventsAt(history, row),
        },
      ];
    }
    if (sum(own) !== expected) {
      const witness = total === undefined ? [row, first] : [row];
      const reference = total === undefined ? `the first read makes ${expected}` : `there are ${expected}`;
      const sentence = `${what} makes ${sum(own)} in all, but ${reference}`;
      return [{ kind: 'wrong total', sentence, events: eventsAt(history, ...witness) }];
    }
    const below = negative ? undefined : own.find(([, balance]) => Number(balance) < 0);
    if (!below) return [];
    const sentence = `${what} shows ${valueText(below[1])} in account ${below[0]}, which is below zero`;
    return [{ kind: 'negative balance', sentence, events: eventsAt(history, row) }];
  });
  return { anomalies, counts: { reads: reads.length, wrong: anomalies.length } };
}

type Balances = readonly (readonly [account: string, balance: Value])[];

function balancesOf(value: Value): Balances {
  if (isList(value)) return value.map((balance, account) => [String(account), balance]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function sum(balances: Balances): number {
  return balances.reduce((total, [, balance]) => total + Number(balance), 0);
}
