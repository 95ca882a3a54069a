import { expect, test } from 'vitest';
import { flatten, unitFor } from './compile.ts';
import { fixture } from './fixture.ts';
import { endNs, isOpen, opText, outcomeOf, processOf, startNs } from './viewer/data.ts';
import type { Verdict } from '../verdict.ts';

const verdict = (events: number[], smallest: number[]): Verdict => ({
  judgement: 'invalid',
  sentence: 'no',
  anomalies: [{ kind: 'stale read', sentence: 'no', key: 17, events, explanation: { smallest, steps: [] } }],
  reasons: [],
  checker: { name: 'linearizable', version: '1', operations: 2, durationMs: 1 },
  keys: { valid: 0, invalid: 1, unknown: 0 },
});

test('operations arrive in the page as they were recorded', () => {
  const data = fixture([
    { process: 3, f: 'write', key: 17, input: 5, output: 5, node: 'n4', fromNs: 1_000, toNs: 4_000 },
    { process: 6, f: 'read', key: 17, output: 2n ** 70n, node: 'n2', fromNs: 5_000, toNs: 9_500 },
    { process: 8, f: 'cas', input: [1, 2], fromNs: 6_000 },
  ]);
  expect([0, 1, 2].map((row) => opText(data, row))).toEqual(['write 5', 'read → 1180591620717411303424', 'cas [1, 2]']);
  expect([0, 1, 2].map((row) => processOf(data, row))).toEqual([3, 6, 8]);
  expect([startNs(data, 1), endNs(data, 1)]).toEqual([5_000, 9_500]);
  expect([outcomeOf(data, 2), isOpen(data, 2), endNs(data, 2)]).toEqual(['info', true, 9_500]);
});

test('events of an anomaly become rows, by invocation or completion', () => {
  const ops = [
    { process: 3, f: 'write', key: 17, input: 5, fromNs: 1, toNs: 2 },
    { process: 6, key: 17, output: 4, fromNs: 3, toNs: 4 },
  ];
  const [anomaly] = fixture(ops, verdict([1, 3], [0, 2])).header.anomalies;
  expect(anomaly).toMatchObject({ key: '17', witnesses: [0, 1], smallest: [0, 1] });
  expect(anomaly?.positions).toEqual([
    { row: 0, invoke: 0, complete: 1 },
    { row: 1, invoke: 2, complete: 3 },
  ]);
});

test('an operation in doubt stays open in the order of events', () => {
  const ops = [{ process: 3, f: 'write', outcome: 'info' as const, fromNs: 1, toNs: 2 }];
  expect(fixture(ops, verdict([0], [0])).header.anomalies[0]?.positions).toEqual([
    { row: 0, invoke: 0, complete: null },
  ]);
});

test('times are in the finest power of ten that fits 32 bits', () => {
  expect([unitFor(4e9), unitFor(60e9), unitFor(3600e9), unitFor(86400e9)]).toEqual([1, 100, 1_000, 100_000]);
});

test('a clock that steps back goes forward on the page', () => {
  const data = fixture([
    { process: 0, fromNs: 10, toNs: 20 },
    { process: 1, fromNs: 15, toNs: 18 },
  ]);
  expect([...data.start]).toEqual([10, 15]);
});

test('nested settings become dotted names', () => {
  expect(flatten('', { a: { b: 1, c: ['x', 'y'] }, d: 'text', e: null, f: [{ g: 1 }, { g: [2, 3] }] })).toEqual([
    ['a.b', '1'],
    ['a.c', 'x y'],
    ['d', 'text'],
    ['e', 'null'],
    ['f.0.g', '1'],
    ['f.1.g', '[2, 3]'],
  ]);
});
