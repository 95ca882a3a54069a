import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import { anyEvents, CASES, TIMEOUT_MS } from './arbitrary.ts';
import { type Format, parseAnyHistory, readAnyHistory } from './formats/any.ts';
import { etcdExample, jepsenLogExample, jepsenTextExamples, porcupineExample } from './formats/examples.ts';
import { type History, NEVER } from './history.ts';
import { parseHistory } from './jsonl.ts';
import { formatLine } from './line.ts';
import { eventsOf } from './operation.ts';

vi.setConfig({ testTimeout: TIMEOUT_MS });

/** Bytes to put somewhere: what the formats are made of, and what they are not. */
const token = fc.oneof(
  fc.constantFrom(
    ...'{ } [ ] ( ) " \\ , : ; # '.split(' '),
    ...'null nil true -0 1e999 9007199254740993 1.5 007 -'.split(' '),
    ...'"type" "process" :type :process :invoke "ok" #_ #{ ## #inst \\u00 \\ud800 \n \0 \xff'.split(' '),
    ...['['.repeat(400), '#_'.repeat(400), '{"a":'.repeat(400), '#t '.repeat(400), '9'.repeat(5000)],
  ),
  fc.string({ maxLength: 5 }),
);

/** A text with a few things in it cut, doubled, overwritten or put in. */
function mutated(text: string): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(Math.max(0, text.length));
  const edit = fc.record({ at: place, length: fc.oneof(fc.nat(3), place), with: token, repeat: fc.boolean() });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    let result = text;
    for (const { at, length, with: put, repeat } of edits) {
      const middle = repeat ? result.slice(at, at + length).repeat(2) : put;
      result = result.slice(0, at) + middle + result.slice(at + length);
    }
    return Buffer.from(result, 'latin1');
  });
}

/** A history that keeps what `History` promises, or undefined for a Problem; anything else that is thrown fails. */
function parsed(parse: () => History): History | undefined {
  let history: History;
  try {
    history = parse();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.message).toMatch(/^file(:\d+: .| is no history in a format that is known$)/);
    expect(error.message).not.toContain('\n');
    return undefined;
  }
  for (let row = 0; row < history.count; row++) {
    expect(history.invoke[row]! > (row === 0 ? -1 : history.invoke[row - 1]!)).toBe(true);
    expect(history.complete[row]! > history.invoke[row]!).toBe(true);
    expect(history.complete[row] === NEVER || history.complete[row]! < history.events).toBe(true);
  }
  expect(Array.from(eventsOf(history)).length).toBe(history.events);
  return history;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

const line = lines(fc.sample(anyEvents, { numRuns: 30, seed: 3 }).flat().slice(0, 60).map(formatLine));

const plainLines = lines([
  '{"process":0,"type":"invoke","f":"write","value":1,"time":1,"key":"x","node":"n1"}',
  '{"process":1,"type":"invoke","f":"cas","value":[1,2],"time":2,"key":"x"}',
  '{"process":0,"type":"ok","f":"write","value":1,"time":3,"key":"x","node":"n1"}',
  '{"process":1,"type":"info","f":"cas","value":{"a":[true,null]},"time":4,"key":"x","error":"timeout"}',
  '{"process":"nemesis","type":"info","f":"kill","value":["n1"],"time":5}',
]);

const examples: Record<Format, string[]> = {
  jsonl: [plainLines, line],
  jepsen: [
    porcupineExample,
    '[{:process 0, :type :invoke, :f :read, :value #{1 :a}} ; c\n {:process 0 :type :ok #_x}]',
  ],
  'jepsen-log': [jepsenLogExample, ...jepsenTextExamples],
  elle: [`[${plainLines.trimEnd().split('\n').join(',\n')}]`],
  etcd: [etcdExample],
};

test.each(Object.entries(examples))('%s: damaged text gives a history or a Problem', (format, texts) => {
  for (const text of texts) {
    parsed(() => parseAnyHistory('file', Buffer.from(text), { format: format as Format }));
    fc.assert(
      fc.property(mutated(text), (bytes) => {
        parsed(() => parseAnyHistory('file', bytes, { format: format as Format }));
      }),
      { numRuns: CASES },
    );
  }
});

test('damaged text whose format is to be found out gives a history or a Problem, keyed or not', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(examples).flat()).chain(mutated),
      fc.constantFrom(undefined, true, false),
      (bytes, keyed) => {
        parsed(() => parseAnyHistory('file', bytes, keyed === undefined ? {} : { keyed }));
      },
    ),
    { numRuns: CASES },
  );
});

test('the fast and the exact way agree on what is damaged', () => {
  // A space before a line is nothing to JSON, but the fast way takes no line that begins with one.
  const spaced = (bytes: Uint8Array) =>
    Buffer.from(` ${Buffer.from(bytes).toString('latin1').replaceAll('\n', '\n ')}`, 'latin1');
  fc.assert(
    fc.property(mutated(plainLines), (bytes) => {
      const fast = parsed(() => parseHistory('file', bytes));
      const exact = parsed(() => parseHistory('file', spaced(bytes)));
      expect(fast && [...eventsOf(fast)]).toEqual(exact && [...eventsOf(exact)]);
    }),
    { numRuns: CASES },
  );
});

test('any bytes at all give a history or a Problem', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...Object.keys(examples)), (bytes, format) => {
      parsed(() => parseAnyHistory('file', bytes, { format: format as Format }));
    }),
    { numRuns: CASES },
  );
});

test('damaged gzip gives a Problem, or what it held', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ordeal-fuzz-'));
  const path = join(folder, 'file');
  const whole = gzipSync(plainLines);
  const original = Array.from(eventsOf(parseHistory('file', Buffer.from(plainLines))));
  try {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(whole);
        bytes[at] = bytes[at]! ^ change;
        writeFileSync(path, bytes);
        try {
          expect([...eventsOf(readAnyHistory(path))]).toEqual(original);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
        }
      }),
      { numRuns: Math.ceil(CASES / 10) },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
