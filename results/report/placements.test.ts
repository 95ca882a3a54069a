import { expect, test } from 'vitest';
import { placementsBy } from '../checkers/linearizability/index.ts';
import { models } from '../checkers/linearizability/models/index.ts';
import { operationAt } from '../checkers/linearizability/operation.ts';
import { generate } from '../checkers/linearizability/testing/generated.ts';
import { generateObject } from '../checkers/linearizability/testing/generated-objects.ts';
import type { History } from '../history/index.ts';
import { compile } from './compile.ts';
import { placedIn } from './placements.ts';
import { valueText } from './data/text.ts';
import type { RunFolder } from './run-folder.ts';
import { sampleInfo } from './sample.ts';
import { readData } from './viewer/data.ts';
import { factsOf } from './viewer/detail.ts';
import { placementOf } from './viewer/placement.ts';

const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

function folderOf(history: History, model: string, checker = 'linearizable'): RunFolder {
  const info = sampleInfo({ operations: 1, judgement: 'valid' }, 1e9);
  const spec = { name: checker, options: { model } };
  return {
    ...{ name: 'run', history, logs: [] },
    info: { ...info, workload: { ...info.workload, checker: spec } },
    verdict: {
      ...{ judgement: 'valid', sentence: '', anomalies: [], reasons: [] },
      checker: { name: checker, version: '1', model, operations: history.count, durationMs: 1 },
      keys: { valid: 1, invalid: 0, unknown: 0 },
    },
  };
}

const cases = {
  'a register': {
    model: 'register',
    history: generate({ operations: 2000, clients: 8, keys: 5, crashes: 0.02, values: 'unique', seed: 1 }),
  },
  'a register that is violated': {
    model: 'register',
    history: generate({ operations: 2000, clients: 8, values: 'unique', bad: true, seed: 1 }),
  },
  'a queue': { model: 'queue', history: generateObject({ object: 'queue', operations: 40, clients: 3, seed: 1 }) },
};

for (const [name, { model, history }] of Object.entries(cases)) {
  test(`the page knows place and state of each operation on ${name}`, () => {
    const data = readData(compile(folderOf(history, model)).block);
    const promise = models[model]!({});
    const placements = placementsBy(history, promise, LIMITS);
    expect(placements.length).toBeGreaterThan(0);
    const placed = new Set<number>();
    for (const { order, until } of placements) {
      let state = promise.init;
      order.forEach((row, place) => {
        const [after = null] = promise.step(state, operationAt(history, row));
        const expected = {
          place,
          size: order.length,
          isWhole: until === history.events,
          before: valueText(state),
          after: valueText(after),
        };
        expect(placementOf(data, row)).toEqual(expected);
        state = after;
        placed.add(row);
      });
    }
    for (let row = 0; row < history.count; row++) {
      if (!placed.has(row)) expect(placementOf(data, row)?.place).toBeNull();
    }
  });
}

test('it is said in words', () => {
  const { history } = cases['a register'];
  const data = readData(compile(folderOf(history, 'register')).block);
  const facts = Array.from(history.invoke, (_, row) => new Map(factsOf(data, row, [])));
  expect(facts.some((fact) => /^#\d+ of \d+ in the order found$/.test(fact.get('order') ?? ''))).toBe(true);
  expect(facts.some((fact) => /^\d+ → \d+$/.test(fact.get('model state') ?? ''))).toBe(true);
});

test('nothing is said of orders that nobody looked for', () => {
  const { history } = cases['a register'];
  expect(placedIn(folderOf(history, 'register', 'set'))).toBeUndefined();
  expect(placedIn({ ...folderOf(history, 'register'), verdict: null })).toBeUndefined();
  const data = readData(compile(folderOf(history, 'register', 'set')).block);
  expect(placementOf(data, 0)).toBeUndefined();
  expect(new Map(factsOf(data, 0, [])).has('order')).toBe(false);
});
