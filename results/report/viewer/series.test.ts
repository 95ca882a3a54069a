import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixture } from '../fixture.ts';
import { seriesOf } from './series.ts';

test('quantiles are at most two percent off the exact ones', () => {
  const took = fc.array(fc.integer({ min: 1, max: 2_000_000_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(took, (durations) => {
      const data = fixture(durations.map((ns, process) => ({ process, fromNs: process, toNs: process + ns })));
      const { p50, p99, max, ok } = seriesOf(data, 0, data.header.durationNs, 1, null);
      const sorted = durations.toSorted((a, b) => a - b);
      const exact = (q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? 0;
      expect(Math.abs((p50[0] ?? 0) - exact(0.5))).toBeLessThanOrEqual(0.02 * exact(0.5) + 1);
      expect(Math.abs((p99[0] ?? 0) - exact(0.99))).toBeLessThanOrEqual(0.02 * exact(0.99) + 1);
      expect(max[0]).toBe(sorted.at(-1));
      expect(p50[0]).toBeLessThanOrEqual(p99[0] ?? 0);
      expect(p99[0]).toBeLessThanOrEqual(max[0] ?? 0);
      expect((ok[0] ?? 0) * (data.header.durationNs / 1e9)).toBeCloseTo(durations.length);
    }),
  );
});

test('each operation is counted in the bucket in which it began, by its outcome and kind', () => {
  const data = fixture([
    { process: 0, f: 'read', fromNs: 1e8, toNs: 2e8 },
    { process: 1, f: 'write', outcome: 'fail', fromNs: 6e8, toNs: 9e8 },
    { process: 2, f: 'write', outcome: 'info', fromNs: 7e8, toNs: 19e8 },
    { process: 0, f: 'read', fromNs: 15e8, toNs: 20e8 },
  ]);
  const all = seriesOf(data, 0, 2e9, 4, null);
  expect(all.seconds).toEqual([0.25, 0.75, 1.25, 1.75]);
  expect([all.ok, all.fail, all.info]).toEqual([
    [2, 0, 0, 2],
    [0, 2, 0, 0],
    [0, 2, 0, 0],
  ]);
  expect(all.p50[1]).toBeNull();
  expect(seriesOf(data, 0, 2e9, 4, data.header.fs.indexOf('write')).ok).toEqual([0, 0, 0, 0]);
  expect(seriesOf(data, 5e8, 1e9, 1, null).fail).toEqual([2]);
});
