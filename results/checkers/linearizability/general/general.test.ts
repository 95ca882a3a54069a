import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce } from '../brute-force.ts';
import { startBudget } from '../budget.ts';
import { replays } from '../outcome.ts';
import { splitByKey } from '../subhistory.ts';
import { exercises, histories } from '../testing/histories.ts';
import { generalSearch, WAYS, type Way } from './index.ts';

const numRuns = Number(process.env['ORDEAL_CASES'] ?? 20_000);
const limits = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 5;

/** Each by itself, and all in turns: a configuration each, then two, ... */
const ways: readonly (readonly Way[])[] = [...Object.values(WAYS).map((way) => [way]), Object.values(WAYS)];
const FIRST_SLICE = 1;

describe('the general search', () => {
  for (const [name, exercise] of Object.entries(exercises)) {
    it(
      `agrees with brute force, and its order replays: ${name}`,
      () => {
        const { model } = exercise;
        const seen = { valid: 0, invalid: 0 };
        let cases = 0;
        fc.assert(
          fc.property(histories(exercise), (history) => {
            const [part] = splitByKey(history);
            if (!part) return;
            const truth = bruteForce(part, model) ? 'valid' : 'invalid';
            seen[truth]++;
            // The ways take turns, and all of them have a go at every tenth case.
            const turn = cases++;
            for (const chosen of turn % 10 === 0 ? ways : ways.slice(turn % 3, (turn % 3) + 1)) {
              const outcome = generalSearch(part, model, startBudget(limits), chosen, FIRST_SLICE);
              expect(outcome.judgement).toBe(truth);
              if (outcome.judgement === 'valid') {
                expect(replays(history, part.rows, outcome.order ?? [], model)).toBe(true);
              } else if (outcome.judgement === 'invalid') {
                const upToCut = part.rows.filter((row) => history.invoke[row]! <= outcome.cut);
                expect(bruteForce({ ...part, rows: upToCut }, model)).toBe(undefined);
              }
            }
          }),
          { numRuns },
        );
        expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(numRuns / 20);
      },
      timeout,
    );
  }
});
