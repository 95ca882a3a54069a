import { expect, test } from 'vitest';
import { countMask, maskOf, search } from './filter.ts';
import { fixture } from '../fixture.ts';
import { NO_FILTER } from './view.ts';

const data = fixture([
  { process: 0, f: 'write', key: 1, input: 40, output: 40, node: 'n1', fromNs: 0, toNs: 10 },
  { process: 1, f: 'read', key: 2, output: 4, node: 'n2', fromNs: 20, toNs: 30 },
  { process: 2, f: 'read', key: 2, outcome: 'fail', error: 'Timeout </b>', node: 'n1', fromNs: 40, toNs: 50 },
  { process: 6, f: 'write', key: 2, input: 4, outcome: 'info', node: 'n2', fromNs: 60, toNs: 70 },
]);
const keyId = data.header.keys.indexOf('2');

test('a filter lets through what meets all of it', () => {
  expect(maskOf(data, NO_FILTER)).toBeNull();
  const mask = maskOf(data, { ...NO_FILTER, key: keyId, outcome: 'fail' });
  expect([...(mask ?? [])]).toEqual([0, 0, 1, 0]);
  expect(countMask(mask, 4)).toBe(1);
  expect(countMask(null, 4)).toBe(4);
});

test.each([
  ['key:2', [1, 2, 3]],
  ['f:read node:n2', [1]],
  ['process:6', [3]],
  ['outcome:info', [3]],
  ['value:4', [1, 3]],
  ['4', [1, 3]],
  ['error:timeout', [2]],
  ['</b>', [2]],
  ['writ', [0, 3]],
  ['#2', [1]],
  ['nothing', []],
  ['  ', []],
])('search %j finds %j', (query, rows) => {
  expect(search(data, query, null)).toEqual(rows);
});

test('a search stays within the filter', () => {
  const mask = maskOf(data, { ...NO_FILTER, outcome: 'info' });
  expect(search(data, 'key:2', mask)).toEqual([3]);
});
