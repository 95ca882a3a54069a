import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { seeded } from '../workloads/index.ts';
import type { Fault } from './fault.ts';
import { drawSchedule } from './schedule.ts';

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

  test('no faults, no schedule', () => {
    expect(drawSchedule([], nodes, 60_000, seeded('s'))).toEqual([]);
  });
});
