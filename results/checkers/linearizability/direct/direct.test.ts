import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce } from '../brute-force.ts';
import { startBudget } from '../budget.ts';
import { generalSearch } from '../general/index.ts';
import { splitByKey } from '../subhistory.ts';
import { histories } from '../testing/histories.ts';
import { objectExercises } from '../testing/object-exercises.ts';
import { directJudge } from './index.ts';

const numRuns = Number(process.env['ORDEAL_CASES'] ?? 20_000);
const timeout = 60_000 + numRuns * 5;
const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };
const budget = startBudget({ budgetMs: 1e9, memoryBytes: 2 ** 30 });

/** The share of histories that a method may leave to the search; most leave none. */
const mostOpen: Readonly<Record<string, number>> = {
  stack: 0.01,
  'priority queue': 0.01,
  'fenced lock, named releases': 0.4,
  'counter of any steps': 0.5,
};

describe('direct methods', () => {
  for (const [name, exercise] of Object.entries(objectExercises)) {
    it(
      `agree with brute force: ${name}`,
      () => {
        const { model } = exercise;
        const seen = { valid: 0, invalid: 0, open: 0, unknown: 0 };
        fc.assert(
          fc.property(histories(exercise), (history) => {
            const [part] = splitByKey(history);
            if (!part) return;
            const outcome = directJudge(history, model, (rest) => generalSearch(rest, model, startBudget(LIMITS)))?.(
              part,
              budget,
            );
            seen[outcome?.judgement ?? 'open']++;
            if (outcome) expect(outcome.judgement).toBe(bruteForce(part, model) ? 'valid' : 'invalid');
            if (outcome?.judgement !== 'invalid' || outcome.algorithm === 'wgl') return;
            expect(outcome.witnesses.length).toBeGreaterThan(0);
            const rows = Int32Array.from(outcome.witnesses).sort();
            expect(rows.every((row) => part.rows.includes(row))).toBe(true);
            expect(bruteForce({ ...part, rows }, model)).toBeUndefined();
          }),
          { numRuns },
        );
        if (process.env['ORDEAL_SHARES']) process.stdout.write(`${name} ${JSON.stringify(seen)}\n`);
        expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(numRuns / 50);
        expect(seen.open).toBeLessThanOrEqual(numRuns * (mostOpen[name] ?? 0));
      },
      timeout,
    );
  }
});
