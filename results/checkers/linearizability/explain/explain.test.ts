import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEvents } from '../../../history/builder.ts';
import { FAIL, type History, type HistoryEvent } from '../../../history/index.ts';
import { bruteForce } from '../brute-force.ts';
import { check, checkModel } from '../linearizable.ts';
import { exercises, histories } from '../testing/histories.ts';
import { generate } from '../testing/generated.ts';
import { membersOf, tiedTo } from './ties.ts';

const numRuns = Math.ceil(Number(process.env['ORDEAL_CASES'] ?? 20_000) / 20);
const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

/** Steps of a small history: `[process, type, f, value, node?]`, a second apart. */
type Line = readonly [
  process: number,
  type: HistoryEvent['type'],
  f: string,
  value: HistoryEvent['value'],
  node?: string,
];

const story = (...lines: readonly Line[]): History =>
  fromEvents(
    lines.map(([process, type, f, value, node], second) => ({
      process,
      type,
      f,
      value,
      timeNs: second * 1e9,
      ...(node === undefined ? {} : { node }),
    })),
  );

const done = (
  process: number,
  f: string,
  input: HistoryEvent['value'],
  output = input,
  node?: string,
): readonly Line[] => [
  node === undefined ? [process, 'invoke', f, input] : [process, 'invoke', f, input, node],
  node === undefined ? [process, 'ok', f, output] : [process, 'ok', f, output, node],
];

function onlyAnomaly(history: History) {
  const { judgement, anomalies } = check(history, {}, LIMITS);
  expect(judgement).toBe('invalid');
  expect(anomalies).toHaveLength(1);
  return anomalies[0]!;
}

/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 20;

describe('the name and the sentence', () => {
  it('stale read', () => {
    const anomaly = onlyAnomaly(
      story(
        ...done(1, 'write', 4, 4, 'n1'),
        ...done(3, 'write', 5, 5, 'n4'),
        ...done(6, 'read', null, 5, 'n1'),
        ...done(6, 'read', null, 4, 'n2'),
      ),
    );
    expect(anomaly.kind).toBe('stale read');
    expect(anomaly.sentence).toBe(
      "process 6 read 4 from n2 at 7.000 s, but process 3's write of 5 was acknowledged by n4 at 3.000 s and nothing wrote 4 after it",
    );
    expect(anomaly.explanation?.smallest).toEqual([0, 2, 6]);
  });

  it('lost write', () => {
    const anomaly = onlyAnomaly(story(...done(1, 'write', 5), ...done(2, 'read', null, null)));
    expect(anomaly.kind).toBe('lost write');
    expect(anomaly.explanation?.smallest).toEqual([0, 2]);
  });

  it('read of a value never written', () => {
    const anomaly = onlyAnomaly(story(...done(1, 'write', 5), ...done(2, 'read', null, 6)));
    expect(anomaly.kind).toBe('read of a value never written');
    expect(anomaly.sentence).toBe('process 2 read 6 at 3.000 s, but nothing ever wrote 6');
    expect(anomaly.explanation?.smallest).toEqual([2]);
  });

  it('value from an operation that failed', () => {
    const failed: readonly Line[] = [
      [1, 'invoke', 'write', 5],
      [1, 'fail', 'write', 5],
    ];
    const anomaly = onlyAnomaly(story(...failed, ...done(2, 'read', null, 5)));
    expect(anomaly.kind).toBe('value from an operation that failed');
    expect(anomaly.sentence).toBe("process 2 read 5 at 3.000 s, but process 1's write of 5 had failed at 1.000 s");
  });

  it('cas success from a wrong value', () => {
    const anomaly = onlyAnomaly(
      story(...done(1, 'write', 4), ...done(2, 'cas', [4, 5]), ...done(3, 'write', 6), ...done(2, 'cas', [4, 7])),
    );
    expect(anomaly.kind).toBe('cas success from a wrong value');
    expect(anomaly.sentence).toContain("process 2's cas [4,7] succeeded at 7.000 s");
  });

  it('order of reads reversed', () => {
    const anomaly = onlyAnomaly(
      story(
        [1, 'invoke', 'write', 4],
        [2, 'invoke', 'write', 5],
        ...done(3, 'read', null, 4),
        ...done(3, 'read', null, 5),
        ...done(4, 'read', null, 4),
        [1, 'ok', 'write', 4],
        [2, 'ok', 'write', 5],
      ),
    );
    expect(anomaly.kind).toBe('order of reads reversed');
    expect(anomaly.sentence).toContain('process 4 read 4 at 7.000 s, but process 3 read 5 at 5.000 s before');
  });
});

describe('the smallest sub-history', () => {
  for (const [name, { model, ...rest }] of Object.entries(exercises)) {
    it(
      `violates by itself, and not without any one of it: ${name}`,
      () => {
        let explained = 0;
        fc.assert(
          fc.property(histories({ model, ...rest }), (history) => {
            const { judgement, anomalies } = checkModel(history, model, LIMITS);
            if (judgement !== 'invalid') return;
            explained++;
            const [anomaly] = anomalies;
            const rowOf = new Map(Array.from(history.invoke, (position, row) => [position, row]));
            const rows = Int32Array.from(anomaly?.explanation?.smallest ?? [], (position) => rowOf.get(position) ?? -1);
            const part = { history, key: 0, rows };
            expect(bruteForce(part, model)).toBeUndefined();
            const members = membersOf(part, model);
            for (const member of members) {
              const gone = tiedTo([member], members, model.ties?.overwrites !== undefined);
              if (!gone) continue;
              const without = members.filter((each) => !gone.has(each)).map(({ row }) => row);
              expect(bruteForce({ ...part, rows: Int32Array.from(without) }, model)).toBeDefined();
            }
          }),
          { numRuns },
        );
        expect(explained).toBeGreaterThan(numRuns / 20);
      },
      timeout,
    );

    it(
      `leaves out nothing that a linearizable history needs: ${name}`,
      () => {
        fc.assert(
          fc.property(
            histories({ model, ...rest }),
            fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
            (history, picks) => {
              const part = { history, key: 0, rows: Int32Array.from(history.invoke, (_, row) => row) };
              const members = membersOf(part, model);
              if (members.length === 0 || !bruteForce(part, model)) return;
              const leaving = picks.map((pick) => members[pick % members.length]!);
              const gone = tiedTo(leaving, members, model.ties?.overwrites !== undefined);
              if (!gone) return;
              const rest = members.filter((each) => !gone.has(each)).map(({ row }) => row);
              expect(bruteForce({ ...part, rows: Int32Array.from(rest) }, model)).toBeDefined();
            },
          ),
          { numRuns: numRuns * 2 },
        );
      },
      timeout,
    );
  }

  it('is a handful of operations out of a hundred thousand', () => {
    const history = generate({ operations: 100_000, clients: 20, values: 'unique', crashes: 0.01, bad: true, seed: 7 });
    const anomaly = onlyAnomaly(history);
    expect(anomaly.explanation?.smallest.length).toBeLessThanOrEqual(10);
    expect(anomaly.kind).toBe('stale read');
    expect(history.outcome.includes(FAIL)).toBe(true);
  });
});
