import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEvents } from '../../history/builder.ts';
import type { History } from '../../history/index.ts';
import { bruteForce } from './brute-force.ts';
import { startBudget } from './budget.ts';
import { certify } from './general/certificate.ts';
import { depthFirst } from './general/depth-first.ts';
import { generalSearch } from './general/index.ts';
import type { Model } from './model.ts';
import { models } from './models/index.ts';
import { diveProblem } from './register-dive.ts';
import { registerProblem, type RegisterProblem } from './register-problem.ts';
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
    if (!model.register) continue;
    it(
      `agrees with brute force: ${name}`,
      () => {
        const seen = { valid: 0, invalid: 0 };
        let cases = 0;
        fc.assert(
          fc.property(histories(exercise), (history) => {
            const [part] = splitByKey(history);
            if (!part) return;
            const truth = bruteForce(part, model) ? 'valid' : 'invalid';
            // The ways take turns, and all of them have a go at every tenth case.
            const turn = cases++;
            for (const way of turn % 10 === 0 ? WAYS : [WAYS[turn % WAYS.length]!]) {
              expect(judge(history, model, way)).toBe(truth);
            }
            seen[truth]++;
          }),
          { numRuns },
        );
        expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(numRuns / 20);
      },
      timeout,
    );
  }

  it('lets a write of the value that is there bury others before a cas takes that value', () => {
    // Only this order fits: write 1, write 0, write 1, cas 1 to 2, read 2. Random histories need it once in 100,000.
    const history = fromEvents(
      (
        [
          [0, 'invoke', 'write', 1],
          [1, 'invoke', 'cas', [1, 2]],
          [0, 'ok', 'write', 1],
          [2, 'invoke', 'write', 0],
          [3, 'invoke', 'write', 1],
          [1, 'ok', 'cas', [1, 2]],
          [2, 'ok', 'write', 0],
          [3, 'ok', 'write', 1],
          [4, 'invoke', 'read', null],
          [4, 'ok', 'read', 2],
        ] as const
      ).map(([process, type, f, value]) => ({ process, type, f, value, timeNs: 0 })),
    );
    expect(judge(history, models['register']!({}))).toBe('valid');
  });

  it(
    'decides what brute force cannot, as the general search does',
    () => {
      const exercise = exercises['register, repeated values']!;
      fc.assert(
        fc.property(histories(exercise, 14), (history) => {
          const [part] = splitByKey(history);
          if (!part) return;
          expect(judge(history, exercise.model)).toBe(
            generalSearch(part, exercise.model, startBudget(LIMITS)).judgement,
          );
        }),
        { numRuns: Math.ceil(numRuns / 4) },
      );
    },
    timeout,
  );
});

/** The frontier alone, for so small histories; in turns with the dive; the dive alone. */
const WAYS = [
  (history: History, problem: RegisterProblem) => repeatedRegister(history, problem, startBudget(LIMITS)).judgement,
  (history: History, problem: RegisterProblem) => repeatedRegister(history, problem, startBudget(LIMITS), 1).judgement,
  (history: History, problem: RegisterProblem) => {
    const search = diveProblem(history, problem);
    const found = depthFirst(search).run(Infinity);
    if (found?.judgement === 'valid') certify(history, search, found);
    return found?.judgement ?? 'unknown';
  },
] as const;

function judge(history: History, model: Model, way: (typeof WAYS)[number] = WAYS[0]): string {
  const [part] = splitByKey(history);
  const rules = model.register;
  const problem = part && rules && registerProblem(part, rules, registerValues(history, rules));
  if (!problem) throw new Error('not a register');
  return way(history, problem);
}
