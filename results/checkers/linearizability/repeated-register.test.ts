import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce } from './brute-force.ts';
import { startBudget } from './budget.ts';
import { registerProblem } from './register-problem.ts';
import { registerValues } from './register-values.ts';
import { repeatedRegister } from './repeated-register.ts';
import { splitByKey } from './subhistory.ts';
import { exercises, histories } from './testing/histories.ts';

const numRuns = Number(process.env['ORDEAL_CASES'] ?? 20_000);
const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 5;

describe('repeated register', () => {
  for (const [name, exercise] of Object.entries(exercises)) {
    const { model } = exercise;
    const rules = model.register;
    if (!rules) continue;
    it(
      `agrees with brute force: ${name}`,
      () => {
        const seen = { valid: 0, invalid: 0, unknown: 0 };
        fc.assert(
          fc.property(histories(exercise), (history) => {
            const [part] = splitByKey(history);
            if (!part) return;
            const problem = registerProblem(part, rules, registerValues(history, rules.init));
            if (!problem) throw new Error('not a register');
            const { judgement } = repeatedRegister(history, problem, startBudget(LIMITS));
            seen[judgement]++;
            expect(judgement).toBe(bruteForce(part, model) ? 'valid' : 'invalid');
          }),
          { numRuns },
        );
        expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(numRuns / 20);
      },
      timeout,
    );
  }
});
