import { expect, test } from 'vitest';
import { figureOf } from './figure.ts';

test('events stand in their order, not at their times', () => {
  const figure = figureOf([
    { row: 10, process: 1, invoke: 3, complete: 5 },
    { row: 20, process: 2, invoke: 4, complete: 900_000 },
  ]);
  expect(figure.columns).toBe(4);
  expect(figure.bars).toEqual([
    { row: 10, line: 0, from: 0, to: 2 },
    { row: 20, line: 1, from: 1, to: 3 },
  ]);
  expect(figure.arrows).toEqual([]);
});

test('an arrow for each "ended before it began" that no other arrows already say', () => {
  const { arrows } = figureOf([
    { row: 0, process: 1, invoke: 0, complete: 1 },
    { row: 1, process: 2, invoke: 2, complete: 3 },
    { row: 2, process: 3, invoke: 4, complete: 5 },
  ]);
  expect(arrows).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test('an operation in doubt stays open to the right and precedes nothing', () => {
  const figure = figureOf([
    { row: 0, process: 1, invoke: 0, complete: null },
    { row: 1, process: 2, invoke: 7, complete: 9 },
  ]);
  expect(figure.bars[0]?.to).toBeNull();
  expect(figure.arrows).toEqual([]);
  expect(figure.columns).toBe(4);
});
