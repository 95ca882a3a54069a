import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { seeded } from '../workloads/index.ts';
import type { Fault } from './fault.ts';
import { DEFAULT_RHYTHM, drawSchedule, type Planned } from './schedule.ts';

const fault = (name: string): Fault => ({
  name,
  summary: '',
  needs: [],
  harms: 'network',
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

  test('a compound rhythm lays two faults of different harms over each other, some of which outlast the first', () => {
    const others = ['x', 'y'].map((name): Fault => ({ ...fault(name), harms: 'clocks' }));
    const harms = (name: string) => [...faults, ...others].find((one) => one.name === name)?.harms;
    const rhythm = { ...DEFAULT_RHYTHM, kind: 'compound' } as const;
    let outlasting = 0;
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 5_000, max: 600_000 }), (seed, timeMs) => {
        const schedule = drawSchedule([...faults, ...others], nodes, timeMs, seeded(seed), rhythm);
        expect(schedule.length % 2).toBe(0);
        let freeMs = 0;
        for (let i = 0; i < schedule.length; i += 2) {
          const [first, second] = schedule.slice(i, i + 2) as [Planned, Planned];
          const [firstEndMs, secondEndMs] = [first, second].map(({ startMs, durationMs }) => startMs + durationMs) as [
            number,
            number,
          ];
          expect(first.startMs).toBeGreaterThan(freeMs);
          expect(second.startMs).toBeGreaterThan(first.startMs);
          expect(second.startMs).toBeLessThan(firstEndMs);
          expect(second.durationMs).toBeGreaterThan(0);
          expect(harms(second.fault)).not.toBe(harms(first.fault));
          if (secondEndMs > firstEndMs) outlasting++;
          freeMs = Math.max(firstEndMs, secondEndMs);
        }
        expect(freeMs).toBeLessThanOrEqual(timeMs);
      }),
    );
    expect(outlasting).toBeGreaterThan(0);
  });

  test('no faults, no schedule', () => {
    expect(drawSchedule([], nodes, 60_000, seeded('s'))).toEqual([]);
  });
});
