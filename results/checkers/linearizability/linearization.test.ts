import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromEvents } from '../../history/builder.ts';
import { eventsOf, rowOfInvoke } from '../../history/index.ts';
import { writeOrders } from './linearization.ts';
import { models } from './models/index.ts';
import { replays } from './outcome.ts';
import { splitByKey } from './subhistory.ts';
import { generate } from './testing/generated.ts';

const folder = mkdtempSync(join(tmpdir(), 'ordeal-order-'));
const path = join(folder, 'order.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 28 };

interface Line {
  readonly key?: number;
  readonly order: readonly number[];
}

const lines = () =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

describe('the order that is written', () => {
  it.each(['unique', 5] as const)('replays, key by key: values %s', (values) => {
    const history = generate({ operations: 600, clients: 4, values, crashes: 0.01, keys: 6, seed: 9 });
    expect(writeOrders(history, {}, LIMITS, path)).toBe(`An order of the operations of every key stands in ${path}.`);
    const model = models['register']!({});
    const written = lines();
    for (const { key, rows } of splitByKey(history)) {
      const line = written.find((each) => each.key === history.keys[key]);
      const order = (line?.order ?? []).map((event) => rowOfInvoke(history, event));
      expect(replays(history, rows, order, model)).toBe(true);
      // What replays is no accident: turned round, it does not.
      expect(replays(history, rows, order.toReversed(), model)).toBe(false);
    }
    expect(written).toHaveLength(6);
  });

  it('says plainly which keys have none', () => {
    const hard = [...eventsOf(generate({ operations: 2000, clients: 60, values: 5, crashes: 0.02, seed: 1 }))];
    const easy = [...eventsOf(generate({ operations: 20, clients: 2, values: 'unique', seed: 1 }))];
    const history = fromEvents([
      ...hard.map((event) => ({ ...event, key: 'hard' })),
      ...easy.map((event) => ({ ...event, key: 'easy', process: Number(event.process) + 1_000_000 })),
    ]);
    const said = writeOrders(history, {}, { ...LIMITS, budgetMs: 300 }, path);
    expect(said).toMatch(/ of 1 keys stands in .*; proven without one, and none found in time: "hard"\.$/);
    expect(lines().map(({ key }) => key)).toEqual(['easy']);
  });
});
