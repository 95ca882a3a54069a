import { describe, expect, it } from 'vitest';
import type { History } from '../../history/index.ts';
import type { Verdict } from '../../verdict.ts';
import { check } from './linearizable.ts';
import { checkSpread } from './spread.ts';
import { generate } from './testing/generated.ts';

const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 28 };
/** Helpers at once, whatever the history. */
const EAGER = { threads: 3, patienceMs: 0 };

async function bothWays(history: History, options = {}) {
  const timeless = (verdict: Verdict) => ({ ...verdict, checker: { ...verdict.checker, durationMs: 0 } });
  const alone = timeless(check(history, options, LIMITS));
  expect(timeless(await checkSpread(history, options, LIMITS, EAGER))).toEqual(alone);
  return alone;
}

// Starting threads that compile their sources takes seconds.
describe('keys spread over threads', { timeout: 60_000 }, () => {
  const manyKeys = { operations: 4000, clients: 8, crashes: 0.01, keys: 40, seed: 3 };

  it.each([
    { values: 'unique', bad: false },
    { values: 'unique', bad: true },
    { values: 5, bad: false },
    { values: 5, bad: true },
  ] as const)('get the verdict of one thread: values $values, bad $bad', async ({ values, bad }) => {
    const verdict = await bothWays(generate({ ...manyKeys, values, bad }));
    expect(verdict.keys.valid + verdict.keys.invalid).toBe(40);
    if (values === 'unique') expect(verdict.judgement).toBe(bad ? 'invalid' : 'valid');
  });

  it('are judged by another model too, and by the general search where no helper can', async () => {
    const history = generate({ ...manyKeys, values: 'unique' });
    const asQueue: History = { ...history, fs: ['dequeue', 'enqueue', 'peek'] };
    expect((await bothWays(asQueue, { model: 'queue' })).judgement).not.toBe('valid');
    const strange: History = { ...history, fs: ['read', 'write', 'compare'] };
    expect((await bothWays(strange)).checker.algorithms).toHaveProperty('wgl');
  });

  it('tell how many are decided', async () => {
    const seen: (readonly [number, number])[] = [];
    const history = generate({ ...manyKeys, operations: 60_000, values: 5 });
    const onProgress = (decided: number, total: number) => void seen.push([decided, total]);
    await checkSpread(history, {}, LIMITS, { ...EAGER, onProgress });
    for (const [decided, total] of seen) expect([decided <= 40, total]).toEqual([true, 40]);
    expect(seen.length).toBeGreaterThan(0);
  });

  it('that cannot be decided in time are unknown', async () => {
    const history = generate({ operations: 20_000, clients: 20, values: 5, crashes: 0.05, keys: 2, seed: 3 });
    const { judgement, keys, reasons } = await checkSpread(history, {}, { ...LIMITS, budgetMs: 1 }, EAGER);
    expect([judgement, keys.valid]).toEqual(['unknown', 2 - keys.unknown]);
    expect(reasons).toHaveLength(keys.unknown);
  });
});
