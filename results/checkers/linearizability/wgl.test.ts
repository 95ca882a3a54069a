import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce } from './brute-force.ts';
import { startBudget } from './budget.ts';
import { replays } from './outcome.ts';
import { splitByKey } from './subhistory.ts';
import { exercises, histories } from './testing/histories.ts';
import { wgl } from './wgl.ts';

const numRuns = Number(process.env['ORDEAL_CASES'] ?? 20_000);
const limits = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 5;

describe('wgl', () => {
  for (const [name, exercise] of Object.entries(exercises)) {
    it(
      `agrees with brute force, and its order replays: ${name}`,
      () => {
        const seen = { valid: 0, invalid: 0 };
        fc.assert(
          fc.property(histories(exercise), (history) => {
            const [part] = splitByKey(history);
            if (!part) return;
            const { model } = exercise;
            const outcome = wgl(part, model, startBudget(limits));
            expect(outcome.judgement).toBe(bruteForce(part, model) ? 'valid' : 'invalid');
            if (outcome.judgement === 'valid') {
              seen.valid++;
              expect(replays(history, part.rows, outcome.order ?? [], model)).toBe(true);
            } else seen.invalid++;
          }),
          { numRuns },
        );
        expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(numRuns / 20);
      },
      timeout,
    );
  }
});
