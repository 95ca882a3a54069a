import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixture, type FixtureOp } from '../fixture.ts';
import { buildPyramid, levelFor, stripOf } from './pyramid.ts';

const OUTCOMES = ['ok', 'fail', 'info'] as const;

/** One process after another, so that lanes hold what a lane can hold. */
const ops = fc
  .array(fc.record({ gap: fc.nat(400), took: fc.nat(300), outcome: fc.nat(2), process: fc.nat(3) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((raw): FixtureOp[] => {
    const clock = [0, 0, 0, 0];
    return raw.map(({ gap, took, outcome, process }) => {
      const fromNs = (clock[process] ?? 0) + gap + 1;
      clock[process] = fromNs + took + 1;
      return { process, outcome: OUTCOMES[outcome] ?? 'ok', node: `n${process % 2}`, fromNs, toNs: fromNs + took };
    });
  })
  // A process that ended in doubt is not used again.
  .map((list) =>
    list.filter((op, i) => !list.slice(0, i).some((o) => o.process === op.process && o.outcome === 'info')),
  );

test('the finest level counts the operations under way in each bin, and every other level adds up pairs', () => {
  fc.assert(
    fc.property(ops, (list) => {
      const data = fixture(list);
      const lanes = data.header.lanes.length;
      const where = { lanes, nodes: 0, nodeRow: new Int32Array(data.header.nodes.length).fill(-1) };
      const { rows, levels } = buildPyramid(data, where, null);
      const [finest] = levels;
      if (!finest) throw new Error('no level');
      const expected = new Uint32Array(finest.counts.length);
      for (let row = 0; row < data.count; row++) {
        const lane = data.header.laneOf[data.process[row] ?? 0] ?? 0;
        const start = data.start[row] ?? 0;
        const last = Math.floor((start + (data.duration[row] ?? 0)) / finest.binTicks);
        for (let bin = Math.floor(start / finest.binTicks); bin <= last; bin++) {
          expected[((data.outcome[row] ?? 0) * rows + lane) * finest.bins + bin]! += 1;
        }
      }
      expect(finest.counts).toEqual(expected);
      const sum = (counts: Uint32Array) => counts.reduce((a, b) => a + b, 0);
      for (const level of levels) expect(sum(level.counts)).toBe(sum(finest.counts));
      expect(levels.at(-1)?.bins).toBe(1);
    }),
    { numRuns: 30 },
  );
});

test('a filtered operation is in no bin, and a node has those of its clients', () => {
  const data = fixture([
    { process: 0, node: 'n1', fromNs: 0, toNs: 10 },
    { process: 1, node: 'n2', fromNs: 20, toNs: 30 },
  ]);
  const where = { lanes: 2, nodes: 2, nodeRow: Int32Array.from([-1, 0, 1]) };
  const { levels, rows } = buildPyramid(data, where, Uint8Array.from([1, 0]));
  const top = levels.at(-1);
  expect(Array.from({ length: rows }, (_, row) => top?.counts[row])).toEqual([top?.counts[0], 0, top?.counts[0], 0]);
  expect(top?.counts[0]).toBeGreaterThan(0);
});

test('the level for a zoom has bins no wider than a pixel, and none is left when all are wider', () => {
  const data = fixture([{ process: 0, fromNs: 0, toNs: 100_000 }]);
  const pyramid = buildPyramid(data, { lanes: 1, nodes: 0, nodeRow: new Int32Array(1).fill(-1) }, null);
  const level = levelFor(pyramid, 100);
  expect(level?.binTicks).toBeLessThanOrEqual(100);
  expect((level?.binTicks ?? 0) * 2).toBeGreaterThan(100);
  expect(levelFor(pyramid, 0.001)).toBeNull();
  const strip = new Float32Array(3 * 1000);
  if (level) stripOf(pyramid, level, 0, 0, 100, strip);
  expect(strip.filter((_, i) => i % 3 === 0).every((ok) => ok > 0)).toBe(true);
});
