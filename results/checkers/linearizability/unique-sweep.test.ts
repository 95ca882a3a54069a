import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEvents } from '../../history/builder.ts';
import { eventsOf, type History, type Value } from '../../history/index.ts';
import { bruteForce } from './brute-force.ts';
import { isList } from './canonical.ts';
import { registerValues } from './register-values.ts';
import { splitByKey } from './subhistory.ts';
import { exercises, histories } from './testing/histories.ts';
import { sweep } from './unique-sweep.ts';

const numRuns = Number(process.env['ORDEAL_CASES'] ?? 20_000);

/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 5;

/** Two histories at once, on keys of their own; the second one's values are moved up where `apart`. */
function braid(a: History, b: History, apart: boolean): History {
  const moved = (value: Value): Value =>
    isList(value) ? value.map(moved) : typeof value === 'number' && apart ? value + 100 : value;
  const [left, right] = [[...eventsOf(a)], [...eventsOf(b)]];
  return fromEvents(
    Array.from({ length: Math.max(left.length, right.length) }).flatMap((_, index) => [
      ...left.slice(index, index + 1).map((event) => ({ ...event, key: 'a' })),
      ...right.slice(index, index + 1).map((event) => ({
        ...event,
        key: 'b',
        process: Number(event.process) + 1000,
        value: moved(event.value ?? null),
      })),
    ]),
  );
}

describe('a sweep over all keys', () => {
  for (const name of ['register, unique values', 'register, unique, nil reads match', 'register, repeated values']) {
    it(
      `proves only keys valid that are, and most of those where values are unique: ${name}`,
      () => {
        const { model, ...rest } = exercises[name]!;
        let [proven, missed, guilty] = [0, 0, 0];
        const one = histories({ model, ...rest }, 6);
        fc.assert(
          fc.property(one, one, fc.boolean(), (a, b, apart) => {
            const history = braid(a, b, apart);
            const plain = sweep(history, model.register!, registerValues(history, model.register!));
            for (const part of splitByKey(history)) {
              const isValid = bruteForce(part, model) !== undefined;
              if (plain[part.key] === 1) expect(isValid).toBe(true);
              if (!isValid) guilty++;
              else if (plain[part.key] === 1) proven++;
              else if (apart) missed++;
            }
          }),
          { numRuns },
        );
        expect(guilty).toBeGreaterThan(numRuns / 50);
        expect(proven).toBeGreaterThan(numRuns / 50);
        if (name.includes('unique')) expect(proven).toBeGreaterThan(missed);
      },
      timeout,
    );
  }
});
