import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { seeded } from '../workloads/index.ts';
import { compatible, type Intent } from './compatible.ts';
import type { Fault } from './fault.ts';
import * as nemesis from './index.ts';
import { DEFAULT_RHYTHM, drawSchedule, type Planned } from './schedule.ts';

const fault = (name: string): Fault => ({
  name,
  summary: '',
  needs: [],
  harms: ['network'],
  plan: z.unknown(),
  choose: (nodes, random) => ({ node: random.pick(nodes) }),
  inject: () => Promise.reject(new Error('only planned here')),
});
const faults = ['a', 'b', 'c', 'd'].map(fault);
const nodes = ['n1', 'n2', 'n3'];

describe('schedule', () => {
  test('the same seed draws the same schedule, another seed another', () => {
    const draw = (seed: string) => drawSchedule(faults, nodes, 60_000, seeded(seed));
    expect(draw('s')).toEqual(draw('s'));
    expect(draw('s')).not.toEqual(draw('t'));
  });

  test('faults follow each other with calm between, end in time, and each comes at least once', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 5_000, max: 600_000 }),
        fc.integer({ min: 1, max: 4 }),
        (seed, timeMs, count) => {
          const schedule = drawSchedule(faults.slice(0, count), nodes, timeMs, seeded(seed));
          expect(new Set(schedule.map(({ fault }) => fault)).size).toBe(count);
          let freeMs = 0;
          for (const { startMs, durationMs } of schedule) {
            expect(startMs).toBeGreaterThan(freeMs);
            expect(durationMs).toBeGreaterThan(0);
            freeMs = startMs + durationMs;
          }
          expect(freeMs).toBeLessThanOrEqual(timeMs);
        },
      ),
    );
  });

  const compound = { ...DEFAULT_RHYTHM, kind: 'compound' } as const;
  const endOf = ({ startMs, durationMs }: Planned) => startMs + durationMs;
  /** All that are in force together at some time. */
  const overlaps = (schedule: readonly Planned[]) =>
    schedule.flatMap((one) =>
      schedule
        .filter((other) => one.startMs < other.startMs && other.startMs < endOf(one))
        .map((other) => [one, other] as const),
    );

  test('a compound rhythm lays two faults over each other, some of which outlast the first, and each comes', () => {
    const others = ['x', 'y'].map((name): Fault => ({ ...fault(name), harms: ['clocks'] }));
    let outlasting = 0;
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 5_000, max: 600_000 }), (seed, timeMs) => {
        const schedule = drawSchedule([...faults, ...others], nodes, timeMs, seeded(seed), compound);
        expect(new Set(schedule.map(({ fault }) => fault)).size).toBe(6);
        expect(schedule.length % 2).toBe(0);
        let freeMs = 0;
        for (let i = 0; i < schedule.length; i += 2) {
          const [first, second] = schedule.slice(i, i + 2) as [Planned, Planned];
          expect(first.startMs).toBeGreaterThan(freeMs);
          expect(second.startMs).toBeGreaterThan(first.startMs);
          expect(second.startMs).toBeLessThan(endOf(first));
          expect(second.durationMs).toBeGreaterThan(0);
          if (endOf(second) > endOf(first)) outlasting++;
          freeMs = Math.max(endOf(first), endOf(second));
        }
        expect(freeMs).toBeLessThanOrEqual(timeMs);
      }),
    );
    expect(outlasting).toBeGreaterThan(0);
  });

  test('of all faults, only what is compatible overlaps, and much of it does', () => {
    const all = Object.values<unknown>(nemesis).filter(
      (thing): thing is Fault => typeof thing === 'object' && thing !== null && 'inject' in thing,
    );
    const named = (name: string) => all.find((one) => one.name === name) as Fault;
    const met = new Set<string>();
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const schedule = drawSchedule(all, ['n1', 'n2', 'n3', 'n4', 'n5'], 600_000, seeded(seed), compound);
        for (const [one, other] of overlaps(schedule)) {
          const [a, b] = [one, other].map(({ fault, plan }) => ({ fault: named(fault), plan })) as [Intent, Intent];
          expect(compatible(a, b), `${JSON.stringify(one)} and ${JSON.stringify(other)}`).toBe(true);
          met.add([one.fault, other.fault].toSorted().join(' and '));
        }
      }),
    );
    for (const pair of ['clock and kill', 'partition and pause', 'kill and pause', 'grow and partition'])
      expect(met).toContain(pair);
    for (const never of ['kill and shrink', 'grow and restart', 'kill and kill-primaries', 'corrupt and stop'])
      expect(met).not.toContain(never);
  });

  test('no faults, no schedule', () => {
    expect(drawSchedule([], nodes, 60_000, seeded('s'))).toEqual([]);
  });
});
