import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventsOf, fromEvents, type HistoryEvent, writeHistory } from '../history/index.ts';
import { judge } from './judge.ts';
import { generate } from './linearizability/testing/generated.ts';

const folder = mkdtempSync(join(tmpdir(), 'ordeal-judge-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EASY = 20;

/** Keys that are judged at once, and one that nobody can judge: many clients, few values. */
function hardAmongEasy(): HistoryEvent[] {
  const hard = [...eventsOf(generate({ operations: 3000, clients: 60, values: 5, crashes: 0.02, seed: 1 }))];
  const easy = Array.from({ length: EASY }, (_, key) => [
    { process: 1_000_000, type: 'invoke', f: 'write', key, value: 1, timeNs: 0 } as const,
    { process: 1_000_000, type: 'ok', f: 'write', key, value: 1, timeNs: 0 } as const,
  ]);
  return [...hard.map((event) => ({ ...event, key: 'hard' })), ...easy.flat()];
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
    const verdict = await judge({ ...judging, limits: { ...judging.limits, budgetMs: 1000 } });
    expect(verdict.keys).toMatchObject({ valid: EASY, unknown: 1 });
    expect(verdict.reasons).toEqual([expect.stringMatching(/^Key "hard": the search needed more than /)]);
  });
});
