import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Op } from '../op.ts';
import { each, followedBy, inOrder, limit, nothing, paced, until } from './combinators.ts';
import { seeded } from './random.ts';
import { simulate } from './simulate.ts';

const write = (value: number): Op => ({ f: 'write', value });
const invocations = (events: ReturnType<typeof simulate>) => events.filter(({ type }) => type === 'invoke');

describe('random', () => {
  test('a fork depends on the seed and the label, not on what was drawn elsewhere', () => {
    const untouched = seeded('s').fork('a');
    const parent = seeded('s');
    for (let draws = 0; draws < 10; draws++) parent.float();
    expect(parent.fork('a').float()).toBe(untouched.float());
    expect(seeded('s').fork('b').float()).not.toBe(seeded('s').fork('a').float());
    expect(seeded('s').fork(1).float()).not.toBe(seeded('s').fork(2).float());
  });

  test('neighbouring forks are uniform and uncorrelated', () => {
    const first = Array.from({ length: 10_000 }, (_, n) => seeded('s').fork(n).float());
    const mean = first.reduce((sum, x) => sum + x, 0) / first.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    const rises = first.filter((x, n) => n > 0 && x > (first[n - 1] ?? 0)).length;
    expect(Math.abs(rises / first.length - 0.5)).toBeLessThan(0.02);
  });

  test('shuffle keeps the elements', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (list, seed) => {
        expect(seeded(seed).shuffle(list).sort()).toEqual([...list].sort());
      }),
    );
  });

  test('int refuses a bound that is not positive', () => {
    expect(() => seeded('s').int(0)).toThrow(RangeError);
  });
});

describe('combinators', () => {
  test('limit, followedBy and inOrder', () => {
    const generator = followedBy(limit(2, each(seeded('s'), write)), inOrder([write(7), write(8)]));
    expect(invocations(simulate([generator])).map(({ value }) => value)).toEqual([0, 1, 7, 8]);
    expect(simulate([nothing])).toEqual([]);
  });

  test('until ends at its time, and does not wait for an op that would come after it', () => {
    const generator = until(10e6, each(seeded('s'), write));
    expect(invocations(simulate([generator])).map(({ timeNs }) => timeNs)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * 1e6),
    );
    expect(simulate([until(10, paced(seeded('s'), 1e9, each(seeded('s'), write)))])).toEqual([]);
  });

  test('paced keeps its mean rate, and the plan of one thread does not depend on latencies', () => {
    const plan = () =>
      until(
        100e9,
        paced(
          seeded('p'),
          100e6,
          each(seeded('s'), (n, draw) => write(n * 10 + draw.int(10))),
        ),
      );
    const fast = invocations(simulate([plan()]));
    const slow = invocations(simulate([plan()], (op) => ({ latencyNs: 80e6, type: 'ok', value: op.value })));
    expect(fast.length).toBeGreaterThan(900);
    expect(fast.length).toBeLessThan(1100);
    expect(slow.length).toBeGreaterThan(900);
    const common = Math.min(fast.length, slow.length);
    expect(slow.slice(0, common).map(({ value }) => value)).toEqual(fast.slice(0, common).map(({ value }) => value));
  });

  test('a thread that fell behind catches up with at most ten ops', () => {
    const generator = until(20e9, paced(seeded('p'), 10e6, each(seeded('s'), write)));
    const times = invocations(
      simulate([generator], (op) => ({ latencyNs: op.value === 5 ? 10e9 : 1, type: 'ok', value: op.value })),
    ).map(({ timeNs }) => timeNs);
    const wakeNs = (times[5] ?? 0) + 10e9;
    const atOnce = times.filter((timeNs) => timeNs >= wakeNs && timeNs < wakeNs + 1e6).length;
    expect(atOnce).toBeGreaterThan(3);
    expect(atOnce).toBeLessThan(25);
  });

  test('an update reaches the innermost generator through every combinator', () => {
    const heard: unknown[] = [];
    const listening = (n: number): ReturnType<typeof each> => ({
      next: () => ({ kind: 'op', op: write(n), rest: listening(n + 1) }),
      update(completion) {
        heard.push(completion.value);
        return this;
      },
    });
    simulate([until(50e6, limit(4, followedBy(paced(seeded('p'), 1e6, listening(0)), nothing)))]);
    expect(heard).toEqual([0, 1, 2]);
  });
});
