import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEvents } from '../history/builder.ts';
import type { HistoryEvent, Value } from '../history/index.ts';
import { Problem } from '../problem.ts';
import { checkers } from './registry.ts';

const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

type Line = readonly [process: number, type: HistoryEvent['type'], f: string, value: Value, error?: string];

const ok = (process: number, f: string, input: Value, output: Value = input): Line[] => [
  [process, 'invoke', f, input],
  [process, 'ok', f, output],
];
const ended = (process: number, end: 'fail' | 'info', f: string, input: Value, error?: string): Line[] => [
  [process, 'invoke', f, input],
  error === undefined ? [process, end, f, input] : [process, end, f, input, error],
];

function judge(name: string, options: Record<string, Value>, ...lines: readonly Line[]) {
  const history = fromEvents(
    lines.map(([process, type, f, value, error], second) => ({
      ...{ process, type, f, value, timeNs: second * 1e9 },
      ...(error === undefined ? {} : { error }),
    })),
  );
  return checkers[name]!(options)(history, LIMITS);
}

const kinds = (...args: Parameters<typeof judge>) => judge(...args).anomalies.map(({ kind }) => kind);
const judgement = (...args: Parameters<typeof judge>) => judge(...args).judgement;

describe('set', () => {
  it('finds what was lost, phantom, failed or twice', () => {
    const lost = judge('set', {}, ...ok(1, 'add', 7), ...ok(1, 'add', 8), ...ok(2, 'read', null, [8]));
    expect(lost.judgement).toBe('invalid');
    expect(lost.sentence).toBe(
      "Broken: process 1's add of 7 was acknowledged at 1.000 s, but no final read has it (1 ok, 1 lost, 0 unexpected, 0 duplicated, 0 recovered, 0 unknown)",
    );
    expect(lost.anomalies[0]?.events).toEqual([0, 1, 4, 5]);
    expect(kinds('set', {}, ...ok(1, 'add', 7), ...ok(2, 'read', null, [7, 9]))).toEqual(['unexpected element']);
    expect(kinds('set', {}, ...ended(1, 'fail', 'add', 7), ...ok(2, 'read', null, [7]))).toEqual([
      'element from an operation that failed',
    ]);
    expect(kinds('set', {}, ...ok(1, 'add', 7), ...ok(2, 'read', null, [7, 7]))).toEqual(['element twice']);
  });

  it('tells a stale final read from a loss', () => {
    const reads = [...ok(2, 'read', null, [7]), ...ok(3, 'read', null, [])];
    expect(kinds('set', {}, ...ok(1, 'add', 7), ...reads)).toEqual(['stale read']);
  });

  it('spares what crashed, and reads that came before', () => {
    const crashed = judge(
      'set',
      {},
      ...ended(1, 'info', 'add', 7),
      ...ended(2, 'info', 'add', 8),
      ...ok(3, 'read', null, [8]),
    );
    expect([crashed.judgement, crashed.sentence]).toEqual([
      'valid',
      'Kept: every acknowledged element was found at the end, and nothing else (0 ok, 0 lost, 0 unexpected, 0 duplicated, 1 recovered, 1 unknown)',
    ]);
    expect(judgement('set', {}, ...ok(2, 'read', null, []), ...ok(1, 'add', 7), ...ok(2, 'read', null, [7]))).toBe(
      'valid',
    );
    const concurrent: Line[] = [[1, 'invoke', 'add', 7], ...ok(2, 'read', null, []), [1, 'ok', 'add', 7]];
    expect(judgement('set', {}, ...concurrent)).toBe('valid');
  });

  it('knows when it cannot know', () => {
    expect(judgement('set', {}, ...ok(1, 'add', 7))).toBe('unknown');
    expect(judgement('set', {}, ...ok(1, 'add', 7), ...ok(1, 'remove', 7), ...ok(2, 'read', null, []))).toBe('unknown');
  });
});

describe('total-queue', () => {
  const empty = ok(9, 'dequeue', null, null);

  it('finds what was lost, duplicated or came from nowhere', () => {
    const lost = judge('total-queue', {}, ...ok(1, 'enqueue', 7), ...empty);
    expect([lost.judgement, lost.anomalies[0]?.sentence]).toEqual([
      'invalid',
      "process 1's enqueue of 7 was acknowledged at 1.000 s, but it never came out",
    ]);
    const twice = [...ok(1, 'enqueue', 7), ...ok(2, 'dequeue', null, 7), ...ok(3, 'dequeue', null, 7)];
    expect(kinds('total-queue', {}, ...twice, ...empty)).toEqual(['element duplicated']);
    expect(kinds('total-queue', {}, ...ok(2, 'dequeue', null, 7), ...empty)).toEqual(['unexpected element']);
    const failed = [...ended(1, 'fail', 'enqueue', 7), ...ok(2, 'dequeue', null, 7)];
    expect(kinds('total-queue', {}, ...failed, ...empty)).toEqual(['element from an operation that failed']);
  });

  it('counts what drains took, and equal elements as often as they were put in', () => {
    const lines = [...ok(1, 'enqueue', 7), ...ok(1, 'enqueue', 7), ...ok(1, 'enqueue', 8)];
    expect(judgement('total-queue', {}, ...lines, ...ok(2, 'drain', null, [8, 7, 7]))).toBe('valid');
    expect(kinds('total-queue', {}, ...lines, ...ok(2, 'drain', null, [8, 7]))).toEqual(['element lost']);
  });

  it('does not blame a queue for what a crashed dequeue may have had, or what may still be inside', () => {
    const puts = [...ok(1, 'enqueue', 7), ...ok(1, 'enqueue', 8), ...ended(2, 'info', 'dequeue', null)];
    expect(judgement('total-queue', {}, ...puts, ...ok(3, 'dequeue', null, 8), ...empty)).toBe('unknown');
    expect(judgement('total-queue', {}, ...puts, ...empty)).toBe('invalid');
    expect(judgement('total-queue', {}, ...ok(1, 'enqueue', 7))).toBe('unknown');
    const refused = ended(3, 'fail', 'dequeue', null, 'empty');
    expect(judgement('total-queue', {}, ...ok(1, 'enqueue', 7), ...refused)).toBe('invalid');
    expect(judgement('total-queue', {}, ...ended(1, 'info', 'enqueue', 7), ...empty)).toBe('valid');
  });
});

describe('counter', () => {
  it('finds reads out of bounds', () => {
    const high = judge('counter', {}, ...ok(1, 'add', 2), ...ok(2, 'read', null, 3));
    expect(high.anomalies[0]?.sentence).toBe('process 2 read 3 at 3.000 s, but it can only have been from 2 to 2');
    expect(kinds('counter', { init: 5 }, ...ok(1, 'add', 2), ...ok(2, 'read', null, 6))).toEqual(['count too low']);
    expect(kinds('counter', {}, ...ok(2, 'read', null, 'x'))).toEqual(['read of no number']);
  });

  it('lets open and crashed adds count or not, and failed ones never', () => {
    const open: Line[] = [[1, 'invoke', 'add', 2], ...ended(3, 'info', 'decrement', null)];
    for (const value of [-1, 0, 1, 2])
      expect(judgement('counter', {}, ...open, ...ok(2, 'read', null, value))).toBe('valid');
    for (const value of [-2, 3])
      expect(judgement('counter', {}, ...open, ...ok(2, 'read', null, value))).toBe('invalid');
    expect(judgement('counter', {}, ...ended(1, 'fail', 'add', 2), ...ok(2, 'read', null, 2))).toBe('invalid');
  });

  it('never convicts a true counter', { timeout: 600_000 }, () => {
    const step = fc.record({ process: fc.nat(4), amount: fc.integer({ min: -3, max: 3 }), early: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const open = new Map<number, { f: string; amount: number; value: number | undefined }>();
        const lines: Line[] = [];
        let sum = 0;
        const effect = (f: string, amount: number) => (f === 'add' ? (sum += amount) : sum);
        for (const { process, amount, early } of steps) {
          const running = open.get(process);
          if (running) {
            const value = running.value ?? effect(running.f, running.amount);
            lines.push([process, 'ok', running.f, running.f === 'read' ? value : running.amount]);
            open.delete(process);
          } else {
            const f = amount === 0 ? 'read' : 'add';
            lines.push([process, 'invoke', f, f === 'read' ? null : amount]);
            open.set(process, { f, amount, value: early ? effect(f, amount) : undefined });
          }
        }
        expect(judgement('counter', {}, ...lines)).not.toBe('invalid');
      }),
      { numRuns: Number(process.env['ORDEAL_CASES'] ?? 20_000) / 10 },
    );
  });
});

describe('bank', () => {
  it('finds wrong totals, debts and missing balances', () => {
    const wrong = judge('bank', { total: 100 }, ...ok(1, 'read', null, { a: 60, b: 30 }));
    expect(wrong.anomalies[0]?.sentence).toBe("process 1's read at 1.000 s makes 90 in all, but there are 100");
    expect(kinds('bank', {}, ...ok(1, 'read', null, [5, 5]), ...ok(1, 'read', null, [5, 6]))).toEqual(['wrong total']);
    expect(kinds('bank', { total: 5 }, ...ok(1, 'read', null, { a: -5, b: 10 }))).toEqual(['negative balance']);
    expect(kinds('bank', { total: 5 }, ...ok(1, 'read', null, { a: null, b: 5 }))).toEqual([
      'account without a balance',
    ]);
  });

  it('spares a sound one', () => {
    const transfer = ok(1, 'transfer', { from: 'a', to: 'b', amount: 70 });
    expect(judgement('bank', { total: 100 }, ...transfer, ...ok(2, 'read', null, { a: 30, b: 70 }))).toBe('valid');
    expect(judgement('bank', { total: 5, negative: true }, ...ok(1, 'read', null, { a: -5, b: 10 }))).toBe('valid');
    expect(judgement('bank', { total: 100 }, ...transfer)).toBe('unknown');
  });
});

describe('unique-ids', () => {
  it('finds an id that was handed out twice', () => {
    const twice = judge('unique-ids', {}, ...ok(1, 'generate', null, 'x'), ...ok(2, 'generate', null, 'x'));
    expect(twice.anomalies).toEqual([
      {
        kind: 'duplicate id',
        sentence: 'process 2 got "x" at 3.000 s, but process 1 got "x" at 1.000 s',
        events: [2, 3, 0, 1],
      },
    ]);
  });

  it('spares different ones', () => {
    expect(judgement('unique-ids', {}, ...ok(1, 'generate', null, 1), ...ok(2, 'generate', null, '1'))).toBe('valid');
    expect(judgement('unique-ids', { f: 'next' }, ...ok(1, 'generate', null, 1))).toBe('unknown');
  });
});

it('judges each key alone, and says which options it takes', () => {
  const history = fromEvents([
    { process: 1, type: 'invoke', f: 'generate', key: 'a', value: null, timeNs: 0 },
    { process: 1, type: 'ok', f: 'generate', key: 'a', value: 1, timeNs: 1 },
    { process: 1, type: 'invoke', f: 'generate', key: 'b', value: null, timeNs: 2 },
    { process: 1, type: 'ok', f: 'generate', key: 'b', value: 1, timeNs: 3 },
  ]);
  expect(checkers['unique-ids']!({})(history, LIMITS).keys).toEqual({ valid: 2, invalid: 0, unknown: 0 });
  expect(() => checkers['bank']!({ totl: 5 })).toThrow(Problem);
});
