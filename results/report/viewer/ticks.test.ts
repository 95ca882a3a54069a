import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ticksOf, tickText } from './ticks.ts';

test('a window of any width has round marks, in it, and not too many', () => {
  const nat = fc.double({ min: 0, max: 3600e9, noNaN: true });
  fc.assert(
    fc.property(
      nat,
      fc.double({ min: 2000, max: 3600e9, noNaN: true }),
      fc.integer({ min: 2, max: 20 }),
      (from, span, most) => {
        const ticks = ticksOf(from, from + span, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        for (const { ns } of ticks) {
          expect(ns).toBeGreaterThanOrEqual(from - 1);
          expect(ns).toBeLessThanOrEqual(from + span + 1);
        }
        expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
      },
    ),
  );
});

test('as many decimals as the step needs', () => {
  expect(tickText(38e9, 1e9)).toBe('00:38');
  expect(tickText(38.4e9, 1e8)).toBe('00:38.4');
  expect(tickText(38.4125e9, 5e5)).toBe('00:38.4125');
  expect(tickText(59.99999999999e9, 1e9)).toBe('01:00');
  expect(tickText(3660e9, 60e9)).toBe('01:01:00');
});
