/** A folder of histories, good and bad, through the verb itself. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Verdict } from '../../results/index.ts';
import { checkCommand } from './check.ts';
import { EXIT } from './exit.ts';
import { historiesAt } from './histories.ts';
import { addOption } from './named-options.ts';
import { parseSize } from './size.ts';

const folder = mkdtempSync(join(tmpdir(), 'ordeal-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

const line = (type: string, f: string, value: unknown) => JSON.stringify({ process: 0, type, f, value });
const history = (...ops: readonly (readonly [f: string, asked: unknown, got: unknown])[]) =>
  ops.map(([f, asked, got]) => `${line('invoke', f, asked)}\n${line('ok', f, got)}\n`).join('');

const good = history(['write', 1, 1], ['read', null, 1]);
const stale = history(['write', 1, 1], ['write', 2, 2], ['read', null, 1]);
const keyed = history(['write', ['x', 1], ['x', 1]], ['read', ['y', null], ['y', null]]);

function put(name: string, content: string | Uint8Array): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
}

type Line = Partial<Verdict> & { readonly path: string; readonly error?: string };

/** Its exit code, and the objects it prints. */
async function check(...args: readonly string[]): Promise<{ code: unknown; lines: Line[] }> {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  try {
    await checkCommand()
      .exitOverride()
      .parseAsync([...args, '--json'], { from: 'user' });
    const lines = printed.split('\n').filter(Boolean);
    return { code: process.exitCode, lines: lines.map((text) => JSON.parse(text) as Line) };
  } finally {
    write.mockRestore();
    process.exitCode = 0;
  }
}

// Each history is judged in a thread that first compiles its sources.
describe('ordeal check', { timeout: 300_000 }, () => {
  test('a bad file hides no other, and a violation outranks it', async () => {
    put('all/a/stale.jsonl', stale);
    put('all/bad.jsonl', `${good}{"process":0,"type":"okay","f":"read"}\n`);
    put('all/good.jsonl.gz', gzipSync(good));
    put('all/queue.jsonl', history(['enqueue', 1, 1]));
    put('all/.hidden', 'of no interest');
    symlinkSync('nowhere', join(folder, 'all/dangling'));
    symlinkSync('..', join(folder, 'all/a/circle'));
    const { code, lines } = await check(join(folder, 'all'));
    const said = lines.map(({ path, judgement, error }) => [path.slice(folder.length + 5), judgement ?? error]);
    expect(said).toEqual([
      ['a/stale.jsonl', 'invalid'],
      ['bad.jsonl', expect.stringMatching(/bad\.jsonl:5: expected "type": "invoke", "ok", "fail" or "info"/)],
      ['dangling', expect.stringContaining('cannot be read')],
      ['good.jsonl.gz', 'valid'],
      ['queue.jsonl', expect.stringContaining('knows none of its operations: it has enqueue')],
    ]);
    expect(code).toBe(EXIT.invalid);
  });

  test('what the model does not know keeps it from judging; tuples are taken for keys, unless they are none', async () => {
    put('some/partly.jsonl', good + history(['swap', 1, 1]));
    put('some/keyed.jsonl', keyed);
    const { code, lines } = await check(join(folder, 'some'));
    expect(lines.map(({ judgement }) => judgement)).toEqual(['valid', 'unknown']);
    expect(lines[0]).toMatchObject({ keys: { valid: 2 }, notices: [expect.stringContaining('taken for such')] });
    expect(code).toBe(EXIT.unknown);
    const unkeyed = await check(join(folder, 'some/keyed.jsonl'), '--no-keyed');
    expect(unkeyed.lines[0]?.judgement).toBe('invalid');
  });

  test('options of a model are heard, and refused in a sentence where it has none', async () => {
    const held = history(['acquire', null, null], ['acquire', null, null]);
    put('locks.jsonl', held);
    const path = join(folder, 'locks.jsonl');
    expect((await check(path, '-m', 'semaphore', '-o', 'permits=2')).code).toBe(EXIT.valid);
    expect((await check(path, '-m', 'semaphore')).code).toBe(EXIT.invalid);
    await expect(check(path, '-m', 'mutex', '-o', 'permits=2')).rejects.toThrow(
      'The model mutex has no option "permits".',
    );
    await expect(check(path, '-o', 'permit=2')).rejects.toThrow('The linearizable checker has no option "permit".');
    await expect(check(path, '-c', 'set', '-o', 'x=y')).rejects.toThrow('The checker set has no option "x".');
    await expect(check(join(folder, 'missing'))).rejects.toThrow('does not exist');
  });
});

test("the clients of an etcd test are one history; a run's folder is not looked into", () => {
  put('etcd/client-1/operations.json', '');
  put('etcd/client-2/operations.json', '');
  put('etcd/client-3/watch.json', '');
  put('etcd/other.jsonl', '');
  put('etcd/run/run.json', '{}');
  put('etcd/run/history.jsonl', '');
  const found = historiesAt(join(folder, 'etcd')).map(({ path, kind }) => [path.slice(folder.length), kind]);
  expect(found).toEqual([
    ['/etcd', 'history'],
    ['/etcd/other.jsonl', 'history'],
    ['/etcd/run', 'run'],
  ]);
});

test('values and sizes of options', () => {
  expect(addOption('init=[1,"x"]', { permits: 2 })).toEqual({ permits: 2, init: [1, 'x'] });
  expect(addOption('init=free', {})).toEqual({ init: 'free' });
  expect(() => addOption('permits', {})).toThrow("'permits' is no option with its value");
  expect(parseSize('1.5GiB')).toBe(1.5 * 2 ** 30);
  expect(() => parseSize('4')).toThrow('is not an amount of memory');
});
