import { expect, test } from 'vitest';
import { fixture } from '../fixture.ts';
import { rowAt } from './hover.ts';
import { indexLanes } from './lane-index.ts';
import { layoutLanes, scaleOf } from './layout.ts';

const data = fixture([
  { process: 0, fromNs: 0, toNs: 400 },
  { process: 0, fromNs: 500, toNs: 505 },
  { process: 1, f: 'write', fromNs: 100 },
]);
const ground = { data, bands: [], index: indexLanes(data), layout: layoutLanes(data.header, []) };
const scale = scaleOf({ fromNs: 0, toNs: 1000 }, 1000);
const [first, second] = ground.layout.lanes;
const under = (x: number, lane: typeof first, mask: Uint8Array | null = null) =>
  rowAt(ground, mask, scale, x, (lane?.y ?? 0) + 3);
const row = (fromNs: number) => data.start.indexOf(fromNs);

test('the pointer finds the operation under it, a short one with two pixels of grace', () => {
  expect(under(200, first)).toBe(row(0));
  expect(under(450, first)).toBe(-1);
  expect(under(507, first)).toBe(row(500));
  expect(under(509, first)).toBe(-1);
});

test('one that never completed reaches to the end, and one that is filtered out is not there', () => {
  expect(under(50, second)).toBe(-1);
  expect(under(480, second)).toBe(row(100));
  expect(under(200, first, new Uint8Array(3))).toBe(-1);
  expect(rowAt(ground, null, scale, 200, 2)).toBe(-1);
});
