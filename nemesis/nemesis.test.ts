import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { HistoryEvent } from '../results/index.ts';
import type { Cluster } from '../targets/index.ts';
import type { Fault, Injection } from './fault.ts';
import { strike } from './nemesis.ts';
import type { Schedule } from './schedule.ts';

const never = new AbortController().signal;
const seen = { seen: true, measures: [] };

/** A fault that keeps a diary; `overrides` make it fail in ways that no real fault can be made to. */
function harm(diary: string[], overrides: Partial<Injection> = {}): Fault {
  return {
    name: 'harm',
    summary: '',
    needs: [],
    harms: ['network'],
    plan: z.unknown(),
    choose: () => null,
    inject(_cluster, plan) {
      diary.push(`inject ${String(plan)}`);
      return Promise.resolve({
        describe: `all of ${String(plan)}`,
        nodes: ['n1'],
        effect: () => Promise.resolve(seen),
        heal: () => Promise.resolve(void diary.push('heal')),
        recovery: () => Promise.resolve(seen),
        ...overrides,
      });
    },
  };
}

const twice: Schedule = [
  { id: 1, fault: 'harm', plan: 'x', startMs: 5, durationMs: 10 },
  { id: 2, fault: 'harm', plan: 'y', startMs: 20, durationMs: 10 },
];

async function run(fault: Fault, schedule: Schedule = twice, signal = never) {
  const events: HistoryEvent[] = [];
  const cluster = { clock: { nowNs: () => performance.now() * 1e6 } } as Cluster;
  const outcome = await strike(
    { cluster, faults: [fault], schedule, record: (event) => void events.push(event) },
    signal,
  ).then(
    () => 'healed',
    (error: unknown) => (error as Error).message,
  );
  return { outcome, events, types: events.map(({ type }) => type) };
}

describe('nemesis', () => {
  test('carries out the schedule and records what was asked and what was measured', async () => {
    const diary: string[] = [];
    const { events, types, outcome } = await run(harm(diary));
    expect(outcome).toBe('healed');
    expect(diary).toEqual(['inject x', 'heal', 'inject y', 'heal']);
    expect(types).toEqual(['invoke', 'info', 'invoke', 'info', 'invoke', 'info', 'invoke', 'info']);
    expect(events[0]).toMatchObject({ process: 'nemesis', f: 'harm', value: { id: 1, phase: 'inject', plan: 'x' } });
    expect(events[1]?.value).toMatchObject({ id: 1, describe: 'all of x', effect: { seen: true } });
    expect(events[7]?.value).toMatchObject({ id: 2, phase: 'heal', effect: { seen: true } });
  });

  test('a fault whose effect is not seen is recorded as failed, and healed all the same', async () => {
    const diary: string[] = [];
    const { types } = await run(
      harm(diary, { effect: () => Promise.resolve({ seen: false, measures: [] }) }),
      twice.slice(0, 1),
    );
    expect(types).toEqual(['invoke', 'fail', 'invoke', 'info']);
    expect(diary).toContain('heal');
  });

  test('a measurement that breaks is a failed fault with its reason', async () => {
    const { events } = await run(
      harm([], { effect: () => Promise.reject(new Error('beacon lost')) }),
      twice.slice(0, 1),
    );
    expect(events[1]).toMatchObject({ type: 'fail', error: 'beacon lost' });
  });

  test('heals at once when aborted, and takes no further fault', async () => {
    const diary: string[] = [];
    const abort = new AbortController();
    const running = run(
      harm(diary),
      [
        { id: 1, fault: 'harm', plan: 'x', startMs: 0, durationMs: 60_000 },
        { id: 2, fault: 'harm', plan: 'y', startMs: 90_000, durationMs: 1 },
      ],
      abort.signal,
    );
    await sleep(20);
    abort.abort();
    await running;
    expect(diary).toEqual(['inject x', 'heal']);
  });

  test('injections overlap where the plan lays them over each other, and nowhere else', async () => {
    const diary: string[] = [];
    const plan = [
      { id: 1, fault: 'harm', plan: 'x', startMs: 0, durationMs: 30 },
      { id: 2, fault: 'harm', plan: 'y', startMs: 10, durationMs: 5 },
      { id: 3, fault: 'harm', plan: 'z', startMs: 35, durationMs: 5 },
    ];
    const slow = harm(diary, { heal: () => sleep(30).then(() => void diary.push('heal')) });
    await run(slow, plan);
    expect(diary).toEqual(['inject x', 'inject y', 'heal', 'heal', 'inject z', 'heal']);
  });

  test('what follows a fault that took longer comes as much later, and lasts as long as planned', async () => {
    const diary: string[] = [];
    const plan = [
      { id: 1, fault: 'harm', plan: 'x', startMs: 0, durationMs: 10 },
      { id: 2, fault: 'harm', plan: 'y', startMs: 20, durationMs: 100 },
      { id: 3, fault: 'harm', plan: 'z', startMs: 70, durationMs: 20 },
    ];
    let healed = 0;
    const { events } = await run(harm(diary, { heal: () => sleep(healed++ === 0 ? 300 : 0) }), plan);
    const at = (id: number, phase: string) =>
      (events.find(({ value }) => {
        const one = value as { id: number; phase: string };
        return one.id === id && one.phase === phase;
      })?.timeNs ?? NaN) / 1e6;
    const lateMs = at(2, 'inject') - at(1, 'inject') - 20;
    expect(lateMs).toBeGreaterThan(250);
    expect(at(2, 'heal') - at(2, 'inject')).toBeGreaterThan(95);
    expect(at(3, 'inject') - at(2, 'inject')).toBeGreaterThan(45);
    expect(at(3, 'heal') - at(3, 'inject')).toBeGreaterThan(15);
  });

  test('tries again to heal, and rejects when that fails', async () => {
    let attempts = 0;
    const stubborn = { heal: () => (++attempts < 3 ? Promise.reject(new Error('busy')) : Promise.resolve()) };
    expect((await run(harm([], stubborn), twice.slice(0, 1))).outcome).toBe('healed');
    const { outcome, types } = await run(
      harm([], { heal: () => Promise.reject(new Error('busy')) }),
      twice.slice(0, 1),
    );
    expect(outcome).toBe('harm all of x could not be healed');
    expect(types).toEqual(['invoke', 'info', 'invoke', 'fail']);
  });

  test('a fault that cannot be injected is recorded, and the next one follows', async () => {
    const diary: string[] = [];
    const fault = { ...harm(diary), inject: () => Promise.reject(new Error('no such link')) };
    const { types, events } = await run(fault);
    expect(types).toEqual(['invoke', 'fail', 'invoke', 'fail']);
    expect(events[1]?.error).toBe('no such link');
  });
});
