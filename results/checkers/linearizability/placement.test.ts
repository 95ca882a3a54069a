import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce } from './brute-force.ts';
import { prefixOf } from './explain/prefix.ts';
import { replays } from './outcome.ts';
import { placementsBy, placementsOf } from './placement.ts';
import { splitByKey } from './subhistory.ts';
import { generate } from './testing/generated.ts';
import { exercises, histories } from './testing/histories.ts';

const numRuns = Math.ceil(Number(process.env['ORDEAL_CASES'] ?? 20_000) / 20);
const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };
/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 20;

describe('an order', () => {
  for (const name of ['register, unique values', 'register, repeated values', 'queue', 'mutex', 'set'] as const) {
    const exercise = exercises[name]!;
    const { model } = exercise;
    it(
      `explains all of a valid ${name}, and of others all before the event that it cannot explain`,
      () => {
        let [valid, invalid] = [0, 0];
        fc.assert(
          fc.property(histories(exercise), (history) => {
            const part = { history, key: 0, rows: Int32Array.from(history.invoke, (_, row) => row) };
            const [found] = placementsBy(history, model, LIMITS);
            if (history.count === 0) return;
            const before = prefixOf(part, found!.until - 1);
            expect(replays(before.history, before.rows, found!.order, model)).toBe(true);
            if (bruteForce(part, model)) {
              expect(found!.until).toBe(history.events);
              valid++;
              return;
            }
            // Elsewhere what was open then may have found something else than it did.
            if (model.register) expect(bruteForce(prefixOf(part, found!.until), model)).toBeUndefined();
            invalid++;
          }),
          { numRuns },
        );
        expect(Math.min(valid, invalid)).toBeGreaterThan(numRuns / 50);
      },
      timeout,
    );
  }

  it('is found for each key of a large history', () => {
    const history = generate({ operations: 50_000, clients: 20, keys: 30, values: 'unique', bad: true, seed: 3 });
    const found = placementsOf(history, { model: 'register' }, LIMITS);
    expect(found.map(({ key }) => key)).toEqual(splitByKey(history).map(({ key }) => key));
    expect(found.filter(({ until }) => until < history.events)).toHaveLength(1);
  });

  it('is missing where there was no time to look for one', () => {
    const history = generate({ operations: 3000, clients: 40, values: 3, seed: 1 });
    expect(placementsOf(history, {}, { budgetMs: 0, memoryBytes: 2 ** 30 })).toEqual([]);
  });
});
