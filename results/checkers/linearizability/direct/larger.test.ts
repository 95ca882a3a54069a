import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEvents } from '../../../history/builder.ts';
import { eventAt } from '../../../history/operation.ts';
import type { History, HistoryEvent } from '../../../history/index.ts';
import { bruteForce } from '../brute-force.ts';
import { startBudget } from '../budget.ts';
import { generalSearch } from '../general/index.ts';
import { check, checkModel } from '../linearizable.ts';
import type { Model } from '../model.ts';
import { splitByKey } from '../subhistory.ts';
import { generateObject, type ObjectName } from '../testing/generated-objects.ts';
import { histories } from '../testing/histories.ts';
import { objectExercises } from '../testing/object-exercises.ts';
import { pairElements } from './elements.ts';
import { directJudge } from './index.ts';
import { surelyWrong } from './stack.ts';

const numRuns = Number(process.env['ORDEAL_CASES'] ?? 20_000) / 10;
const timeout = 60_000 + numRuns * 50;
const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

/** What a direct method says; undefined where it leaves the answer to the search. */
const directly = (history: History, model: Model) => {
  const [part] = splitByKey(history);
  const general = (rest: Parameters<typeof generalSearch>[0]) => generalSearch(rest, model, startBudget(LIMITS));
  return part && directJudge(history, model, general)?.(part, startBudget(LIMITS))?.judgement;
};

const eventsOf = (history: History): HistoryEvent[] =>
  Array.from({ length: history.events }, (_, index) => eventAt(history, index));

describe('direct methods on larger histories', () => {
  for (const [name, exercise] of Object.entries(objectExercises)) {
    const { model } = exercise;

    it(
      `agree with the general search: ${name}`,
      () => {
        fc.assert(
          fc.property(histories(exercise, 16), (history) => {
            const [part] = splitByKey(history);
            const answer = directly(history, model);
            if (!part || answer === undefined) return;
            const searched = generalSearch(
              part,
              model,
              startBudget({ budgetMs: 2000, memoryBytes: 2 ** 28 }),
            ).judgement;
            if (searched !== 'unknown') expect(answer).toBe(searched);
          }),
          { numRuns },
        );
      },
      timeout,
    );

    it(
      `never mind who has more time: ${name}`,
      () => {
        let valid = 0;
        fc.assert(
          fc.property(histories(exercise), fc.nat(999), (history, pick) => {
            const events = eventsOf(history);
            if (events.length < 2 || checkModel(history, model, LIMITS).judgement !== 'valid') return;
            valid++;
            // Two neighbours of different processes trade places if that lets an operation begin earlier or end later.
            const at = pick % (events.length - 1);
            const [first, second] = [events[at]!, events[at + 1]!];
            if (first.process === second.process || first.type === 'invoke' || second.type !== 'invoke') return;
            const swapped = events.toSpliced(at, 2, second, first);
            expect(checkModel(fromEvents(swapped), model, LIMITS).judgement).toBe('valid');
          }),
          { numRuns },
        );
        expect(valid).toBeGreaterThan(numRuns / 10);
      },
      timeout,
    );
  }

  for (const object of ['queue', 'stack', 'priority-queue', 'set'] as ObjectName[]) {
    it(`find the one lie, and nothing else: ${object}`, { timeout }, () => {
      for (const crashes of [0, 0.01, 0.05]) {
        for (const clients of [3, 20]) {
          const options = { object, operations: 4000, clients, crashes, seed: 5 };
          const truth = check(generateObject(options), { model: object }, LIMITS);
          expect(truth.judgement).toBe('valid');
          expect(truth.checker.algorithms).not.toHaveProperty('wgl');
          const lie = check(generateObject({ ...options, bad: true }), { model: object }, LIMITS);
          expect(lie.judgement).toBe('invalid');
          expect(lie.anomalies[0]?.explanation?.smallest.length).toBeLessThanOrEqual(4);
        }
      }
    });
  }

  it('never convict a stack for what crashed pops may have had', { timeout }, () => {
    const exercise = objectExercises['stack']!;
    let valid = 0;
    fc.assert(
      fc.property(histories(exercise), (history) => {
        const [part] = splitByKey(history);
        const elements = part && pairElements(part, 'push', 'pop', new Int32Array(history.values.length));
        if (!elements || !('count' in elements) || elements.crashed.length === 0) return;
        if (!bruteForce(part, exercise.model)) return;
        valid++;
        expect(surelyWrong(elements)).toBeUndefined();
      }),
      { numRuns: numRuns * 10 },
    );
    expect(valid).toBeGreaterThan(numRuns);
  });

  it('judge each key alone, however sparse', () => {
    const events = Array.from({ length: 200 }, (_, key) => {
      const put = { process: key, f: 'enqueue', key, value: 7, timeNs: key };
      const take = { process: key, f: 'dequeue', key, timeNs: key };
      const taken = key === 150 ? null : 7;
      return [
        { ...put, type: 'invoke' as const },
        { ...put, type: 'ok' as const },
        { ...take, type: 'invoke' as const, value: null },
        { ...take, type: 'ok' as const, value: taken },
      ];
    });
    // Keys in turns: each one's events lie far apart.
    const history = fromEvents([0, 1, 2, 3].flatMap((step) => events.map((steps) => steps[step]!)));
    const { keys, checker, anomalies } = check(history, { model: 'queue' }, LIMITS);
    expect(keys).toMatchObject({ valid: 199, invalid: 1, unknown: 0 });
    expect(checker.algorithms).toEqual({ 'unique-queue': 200 });
    expect(anomalies[0]?.key).toBe(150);
  });

  it('leave elements that come twice to the search, and can be asked for by name', () => {
    const twice = ['enqueue', 'enqueue'].flatMap((f, process) =>
      (['invoke', 'ok'] as const).map((type) => ({ process, type, f, value: 7, timeNs: 0 })),
    );
    const history = fromEvents(twice);
    expect(check(history, { model: 'queue' }, LIMITS).checker.algorithms).toEqual({ wgl: 1 });
    expect(check(history, { model: 'queue', algorithm: 'unique-queue' }, LIMITS).judgement).toBe('unknown');
    expect(check(history, { model: 'queue', algorithm: 'unique-stack' }, LIMITS).judgement).toBe('unknown');
    const once = fromEvents(twice.slice(0, 2));
    expect(check(once, { model: 'queue', algorithm: 'unique-queue' }, LIMITS).judgement).toBe('valid');
    expect(check(once, { model: 'queue', algorithm: 'wgl' }, LIMITS).checker.algorithms).toEqual({ wgl: 1 });
  });
});
