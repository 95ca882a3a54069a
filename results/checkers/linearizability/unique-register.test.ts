import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fromEvents, type EventType, type History, type HistoryEvent, type Value } from '../../history/index.ts';
import { bruteForce } from './brute-force.ts';
import { prefixOf } from './explain/prefix.ts';
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
      `agrees with brute force; its order replays, its violation is one by the cut: ${name}`,
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
            if (verdict.judgement === 'invalid') {
              expect(bruteForce(prefixOf(part, verdict.cut), model)).toBeUndefined();
              return;
            }
            expect(replays(history, part.rows, uniqueOrder(verdict.clusters), model)).toBe(true);
          }),
          { numRuns },
        );
        expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(numRuns / 50);
      },
      timeout,
    );
  }

  test('blocks that come in another order than their writes were invoked in', () => {
    const writes = 2000;
    const backwards = Array.from({ length: writes }, (_, index) => writes - index);
    expect(judgementOf(crashedThenRead(writes, backwards))).toBe('valid');
    expect(judgementOf(crashedThenRead(writes, [...backwards, 1000]))).toBe('invalid');
  });
});

/** Writes of 1 to `writes`, all of unknown fate and invoked before anything else; then reads, one after another. */
function crashedThenRead(writes: number, reads: readonly number[]): History {
  const event = (process: number, type: EventType, f: string, value: Value): HistoryEvent => ({
    ...{ process, type, f, value },
    timeNs: 0,
  });
  return fromEvents([
    ...Array.from({ length: writes }, (_, index) => event(index + 1, 'invoke', 'write', index + 1)),
    ...reads.flatMap((value) => [event(0, 'invoke', 'read', null), event(0, 'ok', 'read', value)]),
  ]);
}

function judgementOf(history: History): string | undefined {
  const rules = { init: null, nilReadMatchesAnything: false, failedCasIsEvidence: false };
  const [part] = splitByKey(history);
  return part && uniqueRegister(part, rules, registerValues(history, rules)).judgement;
}
