import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEVER } from '../../../history/index.ts';
import { bruteForce } from '../brute-force.ts';
import type { Model } from '../model.ts';
import { mutex, register, semaphore } from '../models/index.ts';
import type { Subhistory } from '../subhistory.ts';
import { exercises, histories, registerExercise } from '../testing/histories.ts';
import { accessesOf, withSources } from './accesses.ts';
import { contradiction } from './narrowing.ts';
import { outdated } from './outdated.ts';
import { overdrawn, rowsOf } from './overdrawn.ts';
import { prefixOf } from './prefix.ts';

const numRuns = Math.ceil(Number(process.env['ORDEAL_CASES'] ?? 20_000) / 4);
/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 20;

const isLinearizable = (part: Subhistory, model: Model) => bruteForce(part, model) !== undefined;

/** Finds rows that contradict each other, in a history as it stood after one of its events. */
type Finder = (then: Subhistory, cut: number) => Int32Array | undefined;

/**
 * What is found violates by itself, but for a share of `missing` at most, and only ever in histories that are not linearizable.
 * `found`: in so many of those at least.
 */
function isSound(exercise: (typeof exercises)[string], find: Finder, found: number, missing = 0): void {
  const { model } = exercise;
  let [guilty, convicted, incomplete] = [0, 0, 0];
  fc.assert(
    fc.property(histories(exercise), fc.nat(20), fc.boolean(), (history, event, whole) => {
      const part = { history, key: 0, rows: Int32Array.from(history.invoke, (_, row) => row) };
      const cut = whole ? history.events : event;
      const then = prefixOf(part, cut);
      const innocent = isLinearizable(then, model);
      const rows = find(part, cut);
      if (!innocent) guilty++;
      if (!rows) return;
      expect(innocent).toBe(false);
      convicted++;
      if (isLinearizable({ ...then, rows }, model)) incomplete++;
    }),
    { numRuns },
  );
  expect(convicted).toBeGreaterThan(guilty * found);
  expect(incomplete).toBeLessThanOrEqual(convicted * missing);
}

const EXERCISES = {
  'unique values': registerExercise(true),
  'repeated values': registerExercise(false),
  'two values': registerExercise(false, register({ init: 0 }), 2),
  'nil reads match': registerExercise(false, register({ nilReadMatchesAnything: true, init: 0 })),
};

for (const [name, exercise] of Object.entries(EXERCISES)) {
  const rules = exercise.model.register!;
  describe(`of a register, ${name}`, () => {
    it(
      'an outdated observer',
      () => {
        const find: Finder = (part, cut) => {
          const accesses = accessesOf(part, rules, cut)!;
          for (let place = 0; place < accesses.count; place++) {
            if (accesses.saw[place]! < 0 || accesses.until[place] === NEVER) continue;
            const found = outdated(accesses, place);
            if (!found) continue;
            const { observer, newer, giver } = found;
            const places = withSources(
              accesses,
              [observer, newer, giver].filter((each) => each >= 0),
            );
            return Int32Array.from(places, (each) => accesses.row[each]!).sort();
          }
          return undefined;
        };
        isSound(exercise, find, 0.5);
      },
      timeout,
    );

    it(
      'a contradiction among all of them',
      () => {
        const find: Finder = (part, cut) => {
          const accesses = accessesOf(part, rules, cut)!;
          const places = contradiction(accesses);
          return places && Int32Array.from(places, (each) => accesses.row[each]!).sort();
        };
        // Whoever uses it asks a judge.
        isSound(exercise, find, 0.8, 0.001);
      },
      timeout,
    );
  });
}

for (const [name, model] of Object.entries({
  mutex: mutex(),
  'mutex, held at first': mutex({ init: 'held' }),
  'semaphore of two': semaphore({ permits: 2 }),
})) {
  it(
    `one grant too many of a ${name}`,
    () => {
      const { shape } = model;
      if (shape?.kind !== 'semaphore') throw new Error('no semaphore');
      const find: Finder = (part, cut) => {
        const found = overdrawn(prefixOf(part, cut), shape);
        return found && rowsOf(found);
      };
      isSound({ ...exercises['mutex']!, model }, find, 0.5);
    },
    timeout,
  );
}
