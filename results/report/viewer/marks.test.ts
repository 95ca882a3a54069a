import { expect, test } from 'vitest';
import { fixture } from '../fixture.ts';
import { indexLanes, neighbour } from './lane-index.ts';
import { marksOf, nodeStrips, stacksOf } from './marks.ts';

const data = fixture([
  { process: 0, node: 'n1', fromNs: 0, toNs: 900 },
  { process: 1, node: 'n1', fromNs: 100, toNs: 200 },
  { process: 1, node: 'n1', outcome: 'fail', fromNs: 300, toNs: 400 },
  { process: 1, node: 'n1', fromNs: 950, toNs: 1000 },
]);
const index = indexLanes(data);
const strips = (width: number) => nodeStrips(1, Int32Array.from([-1, 0]), width);

test('a window shows what reaches into it, cut to its edges', () => {
  const nodes = strips(100);
  const marks = marksOf(data, index, null, { fromTicks: 250, ticksPerPixel: 2, width: 100 }, nodes);
  expect(marks.map(({ row, x, width }) => [row, x, width])).toEqual([
    [0, -2, 104],
    [2, 25, 50],
  ]);
  expect([...(nodes.strips[0]?.slice(30 * 3, 31 * 3) ?? [])]).toEqual([1, 1, 0]);
});

test('a filtered operation makes no mark', () => {
  const mask = Uint8Array.from([0, 1, 0, 0]);
  const marks = marksOf(data, index, mask, { fromTicks: 0, ticksPerPixel: 10, width: 100 }, strips(100));
  expect(marks.map(({ row }) => row)).toEqual([1]);
});

test('what would be painted over itself is left out', () => {
  const ops = Array.from({ length: 1000 }, (_, i) => ({ process: 0, fromNs: i * 10, toNs: i * 10 + 1 }));
  const many = fixture(ops);
  const marks = marksOf(many, indexLanes(many), null, { fromTicks: 0, ticksPerPixel: 1000, width: 10 }, strips(10));
  expect(marks).toHaveLength(10);
});

test('neighbours are those of the same lane that pass the filter', () => {
  expect(neighbour(index, data, null, 1, 1)).toBe(2);
  expect(neighbour(index, data, null, 2, -1)).toBe(1);
  expect(neighbour(index, data, null, 1, -1)).toBe(-1);
  expect(neighbour(index, data, null, 3, 1)).toBe(-1);
  expect(neighbour(index, data, Uint8Array.from([1, 1, 0, 1]), 1, 1)).toBe(3);
});

test('equal pixel columns are one stack, gaps separate, and one lost operation among a thousand is seen', () => {
  const strip = Float32Array.from([5, 0, 0, 9, 0, 0, 0, 0, 0, 999, 0, 1]);
  expect(stacksOf(strip, 10)).toEqual([
    { x: 0, width: 2, ok: 10, fail: 0, info: 0 },
    { x: 3, width: 1, ok: 8, fail: 0, info: 2 },
  ]);
});
