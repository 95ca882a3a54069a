import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockText, inert, spanText, valueText } from './text.ts';

test('values read as JSON, with big integers to their last digit', () => {
  expect(valueText(2n ** 63n)).toBe('9223372036854775808');
  expect(valueText([1, null, { a: 2n ** 60n }])).toBe('[1, null, {"a": 1152921504606846976}]');
  expect(valueText('5')).toBe('"5"');
  expect(valueText(undefined)).toBe('');
});

const anyText = fc.array(fc.integer({ min: 0, max: 0x10ffff })).map((codes) => String.fromCodePoint(...codes));

test('characters that act are named, all others stand as they are', () => {
  expect(inert('a\u202eb\u0000\u001b[2J\u200b\u2028')).toBe('a\\u202eb\\x00\\x1b[2J\\u200b\\u2028');
  expect(inert('grüße, 日本 → ✓')).toBe('grüße, 日本 → ✓');
  fc.assert(
    fc.property(anyText, (text) => {
      expect(inert(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('moments have milliseconds, and hours only when there are any', () => {
  expect(clockText(38_412_000_000)).toBe('00:38.412');
  expect(clockText(3_661_000_000_000)).toBe('01:01:01.000');
  expect(clockText(-1_500_000_000)).toBe('-00:01.500');
  expect(clockText(59_999_900_000)).toBe('01:00.000');
});

test('spans have three significant digits and the unit that fits', () => {
  expect([480, 1_500, 3_140_000, 213_700_000, 999_700_000, 5e9].map(spanText)).toEqual([
    '480 ns',
    '1.5 µs',
    '3.14 ms',
    '214 ms',
    '1 s',
    '5 s',
  ]);
});
