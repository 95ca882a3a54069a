import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../results/index.ts';
import { limit } from './generator/combinators.ts';
import { seeded } from './generator/random.ts';
import { alwaysOk, simulate } from './generator/simulate.ts';
import { register } from './register.ts';

const params = register.parameters.parse({});
const count = 20;
const generators = (seed: string, ops: number) =>
  Array.from({ length: count }, (_, index) =>
    limit(ops, register.generator({ index, count }, seeded(seed).fork(`client ${index}`), params)),
  );
const invoked = (events: HistoryEvent[]) => events.filter(({ type }) => type === 'invoke');
const written = ({ f, value }: HistoryEvent) => (f === 'cas' ? (value as unknown[])[1] : value);

describe('register', () => {
  const events = invoked(simulate(generators('s', 300)));

  test('every written value is written once', () => {
    const values = events.filter(({ f }) => f !== 'read').map(written);
    expect(values.length).toBeGreaterThan(1000);
    expect(new Set(values).size).toBe(values.length);
  });

  test('ops per key are bounded, and a key belongs to one group', () => {
    const byKey = groupByKey(events);
    for (const ofKey of byKey.values()) {
      expect(ofKey.length).toBeLessThanOrEqual(params.opsPerKey);
      const processes = ofKey.map(({ process }) => Number(process));
      expect(new Set(processes.map((process) => Math.floor(process / params.group))).size).toBe(1);
      expect(new Set(processes).size).toBe(params.group);
    }
    expect(byKey.size).toBe((count / params.group) * Math.ceil(300 / (params.opsPerKey / params.group)));
  });

  test('the same seed gives each thread the same plan, whatever the latencies', () => {
    const slow = invoked(
      simulate(generators('s', 300), (op, thread) => ({ ...alwaysOk(op, thread), latencyNs: 1e6 + thread * 7e5 })),
    );
    const plan = (of: HistoryEvent[], thread: number) =>
      of.filter(({ process }) => process === thread).map((event) => [event.f, event.key, written(event)]);
    for (let thread = 0; thread < count; thread++) expect(plan(slow, thread)).toEqual(plan(events, thread));
    expect(plan(invoked(simulate(generators('other', 300))), 0)).not.toEqual(plan(events, 0));
  });

  test('a cas expects what its thread saw last of that key', () => {
    const cas = invoked(simulate(generators('s', 40))).filter(({ f }) => f === 'cas');
    expect(cas.length).toBeGreaterThan(50);
    for (const { value } of cas) expect((value as unknown[])[0]).not.toBeUndefined();
  });

  test('the final reads read every key through five threads', () => {
    const keys = Array.from({ length: 33 }, (_, key) => key);
    const finals = Array.from({ length: count }, (_, index) =>
      register.final({ index, count }, seeded('f'), params, keys),
    );
    const reads = invoked(simulate(finals));
    expect(reads.every(({ f }) => f === 'read')).toBe(true);
    for (const key of keys) expect(reads.filter((event) => event.key === key)).toHaveLength(5);
  });
});

function groupByKey(events: readonly HistoryEvent[]) {
  const groups = new Map<unknown, HistoryEvent[]>();
  for (const event of events) groups.set(event.key, [...(groups.get(event.key) ?? []), event]);
  return groups;
}
