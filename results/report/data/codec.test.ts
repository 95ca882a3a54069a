import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBlock, encodeBlock } from './codec.ts';

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('plain and delta columns come back as they were, whatever their size', () => {
  fc.assert(
    fc.property(fc.array(u32), fc.constantFrom('plain', 'delta'), (data, coding) => {
      const block = decodeBlock(encodeBlock({}, { column: { coding, data } }, {}));
      expect([...block.ints('column')]).toEqual(data);
    }),
  );
});

test('ids in order of appearance come back from their distance to the largest so far', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 30 })), (data) => {
      const block = decodeBlock(encodeBlock({}, { ids: { coding: 'recent', data } }, {}));
      expect([...block.ints('ids')]).toEqual(data);
    }),
  );
});

test('signed numbers survive as their 32 bits', () => {
  const data = [-5, 3, -2147483648, 2147483647, 0];
  const block = decodeBlock(encodeBlock({}, { signed: { coding: 'delta', data } }, {}));
  expect(Array.from(block.ints('signed'), (n) => n | 0)).toEqual(data);
});

test('a column of small numbers takes one byte a row', () => {
  const size = (data: number[]) => encodeBlock({}, { c: { coding: 'plain', data } }, {}).length;
  expect(size([1, 2, 3, 255]) + 4).toBe(size([1, 2, 3, 256]));
});

test('header, several columns and texts share one block', () => {
  const header = { count: 2, text: '</script>' };
  const bytes = encodeBlock(
    header,
    { a: { coding: 'plain', data: [7, 300] }, b: { coding: 'delta', data: [1, 2] } },
    {
      log: 'ünï\u202ecode\nsecond',
    },
  );
  const block = decodeBlock<typeof header>(bytes);
  expect(block.header).toEqual(header);
  expect([...block.ints('a'), ...block.ints('b')]).toEqual([7, 300, 1, 2]);
  expect(block.text('log')).toBe('ünï\u202ecode\nsecond');
  expect(() => block.ints('c')).toThrow('no column c');
});
