import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromEvents, type HistoryEvent, writeHistory } from '../history/index.ts';
import { judge } from './judge.ts';

const folder = mkdtempSync(join(tmpdir(), 'ordeal-judge-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EASY = 20;

/**
 * Keys that are judged at once, and one that no search can judge: cas between any two values of a few, and between any two of
 * a few others, all at the same time. None leads from those to these, but to see that by searching takes all orders of the first.
 */
function hardAmongEasy(): HistoryEvent[] {
  const hard = [write('hard', 0), ...together([...crossings([0, 1, 2, 3, 4, 5]), ...crossings([6, 7, 8, 9, 10, 11])])];
  return [...hard.flat(), ...Array.from({ length: EASY }, (_, key) => write(key, 1)).flat()];
}

const crossings = (values: readonly number[]) =>
  values.flatMap((from) => values.filter((to) => to !== from).map((to) => [from, to]));

function write(key: string | number, value: number): HistoryEvent[] {
  const event = { process: 0, f: 'write', key, value, timeNs: 0 } as const;
  return [
    { ...event, type: 'invoke' },
    { ...event, type: 'ok' },
  ];
}

function together(pairs: readonly (readonly number[])[]): HistoryEvent[] {
  const events = pairs.map((value, process) => ({ process, f: 'cas', key: 'hard', value: [...value], timeNs: 0 }));
  return (['invoke', 'ok'] as const).flatMap((type) => events.map((event) => ({ ...event, type })));
}

// Starting threads that compile their sources takes seconds.
describe('judging in a thread', { timeout: 180_000 }, () => {
  const historyPath = join(folder, 'history.jsonl');
  writeHistory(fromEvents(hardAmongEasy()), historyPath);
  const judging = {
    historyPath,
    spec: { name: 'linearizable' },
    limits: { budgetMs: 600_000, memoryBytes: 2 ** 30 },
  };

  it('is ended by an interrupt with what is decided, the easy keys before the hard one', async () => {
    const controller = new AbortController();
    const verdict = await judge(judging, controller.signal, ({ decided }) => {
      if (decided >= EASY) controller.abort();
    });
    expect(verdict).toMatchObject({
      judgement: 'unknown',
      sentence: expect.stringContaining('before the interrupt') as string,
      keys: { valid: EASY, invalid: 0, unknown: 1, listed: { unknown: ['hard'] } },
    });
    expect(verdict.keys.listed?.valid).toHaveLength(EASY);
  });

  it('ends with its budget, which the hard key does not take from the others', async () => {
    const verdict = await judge({ ...judging, limits: { ...judging.limits, budgetMs: 5000 } });
    expect(verdict.keys).toMatchObject({ valid: EASY, unknown: 1 });
    expect(verdict.reasons).toEqual([expect.stringMatching(/^Key "hard": the search needed more than /)]);
  });
});
