import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seeded } from '../../workloads/index.ts';
import { chooseBends, clockPlan, describeBend, warpOf } from './plan.ts';
import { bentNs } from './warp.ts';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const NOW = 1_800_000_000_000_000_000n;

it('draws plans that are complete, that depend on the seed alone, and that fit their schema', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 5 }), (seed, count) => {
      const nodes = NODES.slice(0, count);
      const plan = chooseBends(nodes, seeded(seed));
      expect(chooseBends(nodes, seeded(seed))).toEqual(plan);
      expect(clockPlan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
      const names = Object.keys(plan.nodes);
      expect(names.length).toBeGreaterThan(0);
      expect(names.every((name) => nodes.includes(name))).toBe(true);
      for (const bend of Object.values(plan.nodes)) {
        if (bend.kind === 'drift') expect(Math.abs(bend.ratePpm)).toBeGreaterThanOrEqual(1_000);
        else expect(Math.abs(bend.offsetMs)).toSatisfy((ms: number) => ms >= 200 && ms <= 300_000);
      }
    }),
  );
});

it('draws every kind, both signs, and small skews as often as great ones', () => {
  const bends = Array.from({ length: 1_000 }, (_, seed) =>
    Object.values(chooseBends(['n1'], seeded(`${seed}`)).nodes),
  ).flat();
  const offsets = bends.flatMap((bend) => (bend.kind === 'offset' ? [bend.offsetMs] : []));
  expect(new Set(bends.map(({ kind }) => kind))).toEqual(new Set(['offset', 'drift', 'strobe']));
  const share = (test: (ms: number) => boolean) => offsets.filter(test).length / offsets.length;
  expect(Math.abs(share((ms) => ms > 0) - 0.5)).toBeLessThan(0.1);
  // The geometric mean of 200 ms and 5 min.
  expect(Math.abs(share((ms) => Math.abs(ms) < 7_746) - 0.5)).toBeLessThan(0.1);
});

it('refuses a plan that bends nothing', () => {
  expect(clockPlan.safeParse({ nodes: {} }).success).toBe(false);
  expect(clockPlan.safeParse({ nodes: { n1: { kind: 'offset', offsetMs: 0 } } }).success).toBe(false);
  expect(clockPlan.safeParse({ nodes: { n1: { kind: 'offset', offsetMs: 1e15 } } }).success).toBe(false);
});

it('says in a few words what is done to a node', () => {
  expect(describeBend({ kind: 'offset', offsetMs: 60_000 })).toBe('+60.000 s');
  expect(describeBend({ kind: 'offset', offsetMs: -200 })).toBe('-0.200 s');
  expect(describeBend({ kind: 'offset', offsetMs: 0.5 })).toBe('+0.000500 s');
  expect(describeBend({ kind: 'drift', ratePpm: 1000 })).toBe('drifts +1000 ppm');
  expect(describeBend({ kind: 'strobe', offsetMs: 200, everyMs: 50 })).toBe('strobes +0.200 s every 50 ms');
});

it('turns each kind into the time that it asks for', () => {
  const at = (bend: Parameters<typeof warpOf>[0], laterNs: bigint) =>
    bentNs(warpOf(bend, NOW), NOW + laterNs) - NOW - laterNs;
  expect(at({ kind: 'offset', offsetMs: -0.5 }, 7n)).toBe(-500_000n);
  expect(at({ kind: 'drift', ratePpm: 500_000 }, 0n)).toBe(0n);
  expect(at({ kind: 'drift', ratePpm: 500_000 }, 10_000_000_000n)).toBe(5_000_000_000n);
  expect(at({ kind: 'drift', ratePpm: -1e6 }, 3_600_000_000_000n)).toBe(-3_600_000_000_000n);
  const strobe = { kind: 'strobe', offsetMs: 200, everyMs: 1_000 } as const;
  expect([0n, 999_999_999n, 1_000_000_000n, 1_999_999_999n, 2_000_000_000n].map((ns) => at(strobe, ns))).toEqual([
    0n,
    0n,
    200_000_000n,
    200_000_000n,
    0n,
  ]);
});
