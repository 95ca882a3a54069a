import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Verdict } from '../../results/index.ts';
import { findFault, findTarget } from '../catalog.ts';
import { parseDuration } from './duration.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { optionsOf, parametersFrom } from './parameters.ts';

const verdict = (judgement: Verdict['judgement']) => ({ verdict: { judgement } as Verdict });

describe('exit code', () => {
  test('the strongest wins', () => {
    const failed = { ...verdict('valid'), failure: new Error('broken') };
    expect(exitCodeOf([verdict('valid')], false)).toBe(EXIT.valid);
    expect(exitCodeOf([verdict('valid'), verdict('unknown')], false)).toBe(EXIT.unknown);
    expect(exitCodeOf([failed, verdict('unknown')], false)).toBe(EXIT.failure);
    expect(exitCodeOf([verdict('valid')], true)).toBe(EXIT.interrupted);
    expect(exitCodeOf([failed, verdict('invalid')], true)).toBe(EXIT.invalid);
  });
});

describe('duration', () => {
  test.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['7', 7_000],
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(['', 'soon', '-1s', '0', '5d', '1e9x'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow('is not a length of time');
  });
});

describe('parameters', () => {
  const schema = z.object({
    opsPerKey: z.coerce.number().int().positive().default(200).describe('operations on one key'),
    read: z.enum(['fresh', 'stale']).default('fresh').describe('how'),
  });

  test('become options with their description and default', () => {
    const [ops, read] = optionsOf(schema, 'etcd');
    expect(ops).toMatchObject({ long: '--ops-per-key', description: 'etcd: operations on one key (default: 200)' });
    expect(read).toMatchObject({ long: '--read', argChoices: ['fresh', 'stale'] });
  });

  test('are checked, and get their defaults', () => {
    expect(parametersFrom(schema, { opsPerKey: '7', other: 1 })).toEqual({ opsPerKey: 7, read: 'fresh' });
    expect(() => parametersFrom(schema, { opsPerKey: 'many' })).toThrow(/^--ops-per-key "many": /);
  });
});

describe('catalog', () => {
  test('a name that is not known says what is', async () => {
    await expect(findTarget('etdc')).rejects.toMatchObject({ remedy: expect.stringContaining('etcd') as string });
    await expect(findFault('./no/such/fault.ts')).rejects.toThrow('does not exist');
  });

  test('a module that exports something else is refused', async () => {
    await expect(findTarget('./package.json')).rejects.toThrow('is not a target');
  });
});
