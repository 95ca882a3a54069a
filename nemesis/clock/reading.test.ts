import { expect, it } from 'vitest';
import type { Reading } from './patch.ts';
import { judge } from './reading.ts';
import { bentNs, driftWarp, offsetWarp, strobeWarp, type Warp } from './warp.ts';

const NOW = 1_800_000_000_123_456_789n;
const MS = 1_000_000n;
const S = 1_000n * MS;

/** What a clock bent by `warp` reads 20 us after `beforeNs`, 20 us before `afterNs`. */
function reading(warp: Warp, beforeNs: bigint): Reading {
  const bent = bentNs(warp, beforeNs + 20_000n);
  return {
    node: 'n1',
    beforeNs,
    bentNs: [bent, bent - (bent % 1_000n), bent - (bent % S)],
    afterNs: beforeNs + 40_000n,
  };
}

const rounds = (warp: Warp, stepNs: bigint) =>
  Array.from({ length: 20 }, (_, index) => reading(warp, NOW + BigInt(index) * stepNs));

it('believes an offset that was read', () => {
  for (const offset of [60n * S, -60n * S, 200n * MS, 50_000n]) {
    const judged = judge(offsetWarp(offset), rounds(offsetWarp(offset), MS));
    expect(judged).toMatchObject({ seen: true, complaint: '' });
    expect(judged.offsetS).toBeCloseTo(Number(offset) / 1e9, 6);
  }
});

it('does not believe a clock that reads the true time, or nothing', () => {
  expect(judge(offsetWarp(60n * S), rounds(offsetWarp(0n), MS)).seen).toBe(false);
  expect(judge(offsetWarp(60n * S), []).seen).toBe(false);
});

it('does not believe another offset, in any of the three functions', () => {
  const asked = offsetWarp(60n * S);
  const [good] = rounds(asked, MS);
  if (good === undefined) throw new Error('no reading');
  const [clock, day, second] = good.bentNs;
  expect(judge(asked, [good]).seen).toBe(true);
  for (const bent of [
    [clock + 5n * MS, day, second],
    [clock, day - 5n * MS, second],
    [clock, day, second + S],
    [clock, day, second - 60n * S],
  ] as const) {
    const judged = judge(asked, [good, { ...good, bentNs: bent }]);
    expect(judged.seen).toBe(false);
    expect(judged.complaint).toMatch(/a probe read/);
  }
});

it('believes a drift only once it shows', () => {
  const warp = driftWarp(1_000, NOW);
  expect(judge(warp, [reading(warp, NOW)])).toMatchObject({ seen: false, complaint: '' });
  expect(judge(warp, [reading(warp, NOW + S)]).seen).toBe(true);
});

it('believes a strobe only when both of its sides were read', () => {
  const warp = strobeWarp(200n * MS, 10n * MS);
  expect(judge(warp, rounds(warp, 3n * MS)).seen).toBe(true);
  expect(judge(warp, rounds(warp, 20n * MS)).seen).toBe(false);
});
