import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce } from './brute-force.ts';
import { replays } from './outcome.ts';
import { registerValues } from './register-values.ts';
import { splitByKey } from './subhistory.ts';
import { exercises, histories } from './testing/histories.ts';
import { uniqueOrder } from './unique-order.ts';
import { uniqueRegister } from './unique-register.ts';

const numRuns = Number(process.env['ORDEAL_CASES'] ?? 20_000);

/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 5;

describe('unique register', () => {
  for (const name of ['register, unique values', 'register, unique, nil reads match', 'register, repeated values']) {
    it(
      `agrees with brute force, and its order replays: ${name}`,
      () => {
        const seen = { valid: 0, invalid: 0, unsuited: 0, unknown: 0 };
        const exercise = exercises[name]!;
        const { model } = exercise;
        const rules = model.register!;
        fc.assert(
          fc.property(histories(exercise), (history) => {
            const [part] = splitByKey(history);
            if (!part) return;
            const values = registerValues(history, rules);
            const verdict = uniqueRegister(part, rules, values);
            seen[verdict.judgement]++;
            if (verdict.judgement === 'unsuited') return;
            expect(verdict.judgement).toBe(bruteForce(part, model) ? 'valid' : 'invalid');
            if (verdict.judgement === 'invalid') return;
            expect(replays(history, part.rows, uniqueOrder(verdict.clusters), model)).toBe(true);
          }),
          { numRuns },
        );
        expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(numRuns / 50);
      },
      timeout,
    );
  }
});
