import { describe, expect, it } from 'vitest';
import { fromEvents } from '../../../history/builder.ts';
import type { HistoryEvent, Value } from '../../../history/index.ts';
import { check } from '../linearizable.ts';

const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

type Line = readonly [process: number, type: HistoryEvent['type'], f: string, value: Value];

const done = (process: number, f: string, input: Value, output = input): Line[] => [
  [process, 'invoke', f, input],
  [process, 'ok', f, output],
];
const crashed = (process: number, f: string, input: Value): Line[] => [
  [process, 'invoke', f, input],
  [process, 'info', f, null],
];

/** The only anomaly of these events, a second apart. */
function anomaly(model: string, options: Record<string, Value>, ...lines: readonly Line[]) {
  const history = fromEvents(
    lines.map(([process, type, f, value], second) => ({ process, type, f, value, timeNs: second * 1e9 })),
  );
  const { judgement, anomalies, checker } = check(history, { model, ...options }, LIMITS);
  expect(judgement).toBe('invalid');
  expect(checker.algorithms).not.toHaveProperty('wgl');
  const [first] = anomalies;
  return [first?.kind, first?.sentence, first?.explanation?.smallest.length];
}

describe('a queue', () => {
  it('inverts the order', () => {
    expect(
      anomaly(
        'queue',
        {},
        ...done(1, 'enqueue', 7),
        ...done(2, 'enqueue', 8),
        ...done(4, 'enqueue', 9),
        ...done(3, 'dequeue', null, 8),
        ...done(3, 'dequeue', null, 7),
      ),
    ).toEqual([
      'order inverted (FIFO)',
      "process 3 dequeued 8 at 7.000 s, but process 1's enqueue of 7 was acknowledged at 1.000 s, before the enqueue of 8 began, and nothing began to dequeue it before 8.000 s",
      3,
    ]);
  });

  it('loses an element', () => {
    expect(anomaly('queue', {}, ...done(1, 'enqueue', 7), ...done(3, 'dequeue', null, null))).toEqual([
      'element lost',
      "process 3 found the queue empty at 3.000 s, but process 1's enqueue of 7 was acknowledged at 1.000 s and nothing dequeued it",
      2,
    ]);
  });

  it('loses more than crashed dequeues can have had', () => {
    const [kind, sentence, smallest] = anomaly(
      'queue',
      {},
      ...done(1, 'enqueue', 7),
      ...done(1, 'enqueue', 8),
      ...crashed(2, 'dequeue', null),
      ...done(3, 'dequeue', null, null),
    );
    expect([kind, smallest]).toEqual(['element lost', 4]);
    expect(sentence).toContain('1 of unknown fate cannot have had all that was missing');
  });

  it('gives an element twice, from nowhere, too early, and from a failed enqueue', () => {
    const twice = [...done(1, 'enqueue', 7), ...done(2, 'dequeue', null, 7), ...done(3, 'dequeue', null, 7)];
    expect(anomaly('queue', {}, ...twice)[0]).toBe('element dequeued twice');
    expect(anomaly('queue', {}, ...done(2, 'dequeue', null, 7))).toEqual([
      'element from nowhere',
      'process 2 dequeued 7 at 1.000 s, but nothing ever enqueued it',
      1,
    ]);
    const early = [...done(2, 'dequeue', null, 7), ...done(1, 'enqueue', 7)];
    expect(anomaly('queue', {}, ...early)[0]).toBe('element dequeued before it was enqueued');
    const failed: Line[] = [
      [1, 'invoke', 'enqueue', 7],
      [1, 'fail', 'enqueue', 7],
    ];
    expect(anomaly('queue', {}, ...failed, ...done(2, 'dequeue', null, 7))[0]).toBe(
      'element from an operation that failed',
    );
  });
});

describe('a stack and a priority queue', () => {
  it('pop what was buried', () => {
    expect(
      anomaly(
        'stack',
        {},
        ...done(1, 'push', 7),
        ...done(2, 'push', 8),
        ...done(3, 'pop', null, 7),
        ...done(3, 'pop', null, 8),
      ),
    ).toEqual([
      'order inverted (LIFO)',
      "process 3 popped 7 at 5.000 s, but process 2's push of 8 was acknowledged at 3.000 s, on top of it, and nothing began to pop it before 6.000 s",
      3,
    ]);
  });

  it('poll what was not the largest', () => {
    expect(
      anomaly('priority-queue', {}, ...done(1, 'insert', 7), ...done(2, 'insert', 8), ...done(3, 'poll', null, 7)),
    ).toEqual([
      'order inverted',
      "process 3 polled 7 at 5.000 s, but process 2's insert of 8 was acknowledged at 3.000 s, which is larger, and nothing polled it",
      3,
    ]);
  });

  it('are empty although something is inside', () => {
    const lines = [...done(1, 'push', 7), ...done(2, 'pop', null, null), ...done(3, 'pop', null, 7)];
    expect(anomaly('stack', {}, ...lines)[0]).toBe('empty although it was not');
  });
});

describe('a set and a list', () => {
  it('lose an element', () => {
    expect(anomaly('set', {}, ...done(1, 'add', 7), ...done(2, 'contains', 7, false))).toEqual([
      'element lost',
      "process 2 did not find 7 at 3.000 s, but process 1's add of it was acknowledged at 1.000 s and nothing removed it",
      2,
    ]);
    const [kind, sentence] = anomaly(
      'set',
      {},
      ...done(1, 'add', 7),
      ...done(1, 'add', 8),
      ...done(2, 'read', null, [8]),
    );
    expect([kind, sentence]).toEqual([
      'element lost',
      "process 2 did not find 7 at 5.000 s, but process 1's add of it was acknowledged at 1.000 s and nothing removed it",
    ]);
  });

  it('bring a removed element back, or remove it twice', () => {
    const back = [...done(1, 'add', 7), ...done(2, 'remove', 7), ...done(3, 'contains', 7, true)];
    expect(anomaly('set', {}, ...back)[0]).toBe('removed element came back');
    const twice = [...done(1, 'add', 7), ...done(2, 'remove', 7, true), ...done(3, 'remove', 7, true)];
    expect(anomaly('set', {}, ...twice)[0]).toBe('element removed twice');
  });

  it('show elements from nowhere, twice, or in two orders', () => {
    expect(anomaly('set', {}, ...done(1, 'add', 7), ...done(2, 'read', null, [7, 9]))[0]).toBe('element from nowhere');
    expect(anomaly('append-list', {}, ...done(1, 'append', 7), ...done(2, 'read', null, [7, 7]))[0]).toBe(
      'element twice',
    );
    const open: Line[] = [
      [1, 'invoke', 'append', 7],
      [2, 'invoke', 'append', 8],
    ];
    const orders = [...open, ...done(3, 'read', null, [7, 8]), ...done(4, 'read', null, [8, 7])];
    expect(anomaly('append-list', {}, ...orders)[0]).toBe('reads disagree');
  });
});

describe('locks and counters', () => {
  it('are held by two', () => {
    expect(
      anomaly(
        'mutex',
        {},
        ...done(1, 'acquire', null),
        ...done(1, 'release', null),
        ...done(2, 'acquire', null),
        ...done(3, 'acquire', null),
      ),
    ).toEqual([
      'lock held by two',
      'process 3 was granted the lock at 7.000 s, but process 2 had acquired it at 5.000 s, and no release can have come in between',
      2,
    ]);
    const three = [1, 2, 3].flatMap((process) => done(process, 'acquire', null));
    expect(anomaly('semaphore', { permits: 2 }, ...three)[0]).toBe('more permits held than there are');
    expect(anomaly('mutex', {}, ...done(1, 'release', null))[0]).toBe('release of what nobody held');
  });

  it('hand out tokens that do not grow', () => {
    const lines = [...done(1, 'acquire', null, 5), ...done(1, 'release', null), ...done(2, 'acquire', null, 4)];
    expect(anomaly('fenced-lock', {}, ...lines)[0]).toBe('fencing token not larger than the one before');
  });

  it('count too much, or too little', () => {
    expect(anomaly('counter', {}, ...done(1, 'add', 1), ...done(2, 'read', null, 2))).toEqual([
      'count too high',
      'process 2 read 2 at 3.000 s, but all that had been added by then makes 1 at most',
      2,
    ]);
    const low = [...done(1, 'add', 1), ...done(1, 'add', 1), ...done(2, 'read', null, 1)];
    expect(anomaly('counter', {}, ...low)[0]).toBe('count too low');
  });
});
