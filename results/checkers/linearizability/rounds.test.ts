import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEvents } from '../../history/builder.ts';
import type { Outcome } from './outcome.ts';
import { judgeInRounds, shareOut } from './rounds.ts';
import { splitByKey } from './subhistory.ts';

const VALID: Outcome = { judgement: 'valid', algorithm: 'wgl' };

/** Keys 0 to count - 1, each with one operation. */
function keys(count: number) {
  const events = Array.from({ length: count }, (_, key) => [
    { process: 0, type: 'invoke', f: 'write', key, value: 1, timeNs: 2 * key } as const,
    { process: 0, type: 'ok', f: 'write', key, value: 1, timeNs: 2 * key + 1 } as const,
  ]);
  return splitByKey(fromEvents(events.flat()));
}

describe('a budget in rounds', () => {
  it('never gives more than there is, nor in vain, and comes to an end', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(100_000), fc.integer({ min: 1, max: 16 }), (count, budgetMs, threads) => {
        const open = Array.from({ length: count }, (_, part) => part);
        let [restMs, givenMs, rounds]: [number, number | undefined, number] = [budgetMs, undefined, 0];
        for (
          let round = shareOut(open, restMs, threads, givenMs);
          round;
          round = shareOut(open, restMs, threads, givenMs)
        ) {
          expect(round.sliceMs).toBeGreaterThan(givenMs ?? -1);
          if (givenMs === undefined) expect(round.parts).toEqual(open);
          const spentMs = round.sliceMs * Math.ceil(Math.max(1, round.parts.length / threads));
          expect((round.parts.length / threads) * round.sliceMs).toBeLessThanOrEqual(Math.max(restMs, 1) * 1.0001);
          givenMs = round.sliceMs;
          restMs -= spentMs;
          expect(++rounds).toBeLessThan(30);
        }
        // One that is left has had its share of all there was.
        if (count === 1 && budgetMs > 0) expect(givenMs).toBe(budgetMs);
      }),
    );
  });

  it('lets one hard key take nothing from the easy ones behind it', () => {
    const parts = keys(50);
    const judged: number[] = [];
    // Key 3 never ends; the others do at once.
    const outcomes = judgeInRounds(
      parts,
      ({ key }, budget) => {
        judged.push(key);
        if (key !== parts[3]?.key) return VALID;
        let reason: string | undefined;
        while (reason === undefined) reason = budget.exceeded(0);
        return { judgement: 'unknown', algorithm: 'wgl', reason, reached: -1 };
      },
      { budgetMs: 600, memoryBytes: 1 },
      performance.now(),
    );
    expect(outcomes.map(({ judgement }) => judgement)).toEqual(
      parts.map((_, part) => (part === 3 ? 'unknown' : 'valid')),
    );
    expect(judged.slice(0, 50)).toEqual(parts.map(({ key }) => key));
    // It came again, alone.
    expect(judged.length).toBeGreaterThan(50);
    expect(new Set(judged.slice(50))).toEqual(new Set([parts[3]?.key]));
  });

  it('that is stopped says of each key what was known of it', () => {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const outcomes = judgeInRounds(
      keys(10),
      ({ key }) => {
        if (key === 5) stop[0] = 1;
        return VALID;
      },
      { budgetMs: 60_000, memoryBytes: 1, stop },
      performance.now(),
    );
    const valid = outcomes.filter(({ judgement }) => judgement === 'valid').length;
    expect([valid, outcomes.length]).toEqual([5, 10]);
    expect(outcomes.at(-1)).toMatchObject({
      judgement: 'unknown',
      reason: expect.stringContaining('interrupted') as string,
    });
  });
});
