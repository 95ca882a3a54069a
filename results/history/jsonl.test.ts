import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { afterAll, expect, test, vi } from 'vitest';
import { Problem } from '../problem.ts';
import { fromEvents } from './builder.ts';
import type { HistoryEvent } from './event.ts';
import { NEVER } from './history.ts';
import { readHistory, writeHistory } from './jsonl.ts';
import { eventsOf, operationAt, rowOfInvoke } from './operation.ts';
import { openRecorder } from './recorder.ts';

const folder = mkdtempSync(join(tmpdir(), 'ordeal-history-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Uint8Array): string {
  const path = join(folder, 'history.jsonl');
  writeFileSync(path, content);
  return path;
}

function problemOf(content: string | Uint8Array): string {
  try {
    readHistory(file(content));
  } catch (error) {
    if (error instanceof Problem) return error.message.replace(folder, '');
    throw error;
  }
  return 'none';
}

const EVENTS: HistoryEvent[] = [
  { process: 0, type: 'invoke', f: 'write', key: 'x', value: 2n ** 60n, timeNs: 5, node: 'n1' },
  { process: 'nemesis', type: 'invoke', f: 'partition', value: { id: 1, phase: 'inject', plan: ['n1'] }, timeNs: 6 },
  { process: 1, type: 'invoke', f: 'cas', key: 'x', value: [1, -2], timeNs: 7, node: 'n2' },
  { process: 0, type: 'ok', f: 'write', key: 'x', value: { ü: [true, 1.5] }, timeNs: 9, node: 'n1' },
  { process: 1, type: 'info', f: 'cas', key: 'x', value: null, timeNs: 11, node: 'n2', error: 'timeout "x"' },
  { process: 2, type: 'invoke', f: 'read', value: null, timeNs: 12 },
];

test('what was recorded is what is read', () => {
  const path = join(folder, 'recorded.jsonl');
  const recorder = openRecorder(path);
  expect(EVENTS.map((event) => recorder.record(event))).toEqual([0, 1, 2, 3, 4, 5]);
  recorder.close();
  recorder.close();
  const history = readHistory(path);
  expect([...eventsOf(history)]).toEqual(EVENTS);
  expect(history.complete[rowOfInvoke(history, 5)]).toBe(NEVER);
  expect(operationAt(history, 1)).toMatchObject({ f: 'cas', input: [1, -2], outcome: 'info', error: 'timeout "x"' });
  writeHistory(history, join(folder, 'written.jsonl'));
  expect(readFileSync(join(folder, 'written.jsonl'), 'utf8')).toBe(readFileSync(path, 'utf8'));
  expect([...eventsOf(readHistory(file(zlib.gzipSync(readFileSync(path)))))]).toEqual(EVENTS);
});

/** One read by process 0, as zstd has it. */
const ZSTD =
  '28b52ffd203ff901007b2270726f63657373223a302c2274797065223a22696e766f6b65222c2266223a2272656164222c2276616c75' +
  '65223a6e756c6c2c2274696d65223a307d0a';

test('zstd is read where Node can, and named where it cannot', () => {
  const path = file(Buffer.from(ZSTD, 'hex'));
  if ('zstdDecompressSync' in zlib) expect(readHistory(path).count).toBe(1);
  else expect(() => readHistory(path)).toThrow('compressed with zstd, which this Node cannot read');
});

test('what was recorded is on disk a quarter of a second later, and a history is never overwritten', () => {
  vi.useFakeTimers();
  try {
    const path = join(folder, 'live.jsonl');
    const recorder = openRecorder(path);
    for (const event of EVENTS) recorder.record(event);
    vi.advanceTimersByTime(250);
    expect([...eventsOf(readHistory(path))]).toEqual(EVENTS);
    recorder.close();
    expect(() => recorder.record(EVENTS[0]!)).toThrow('after');
    expect(() => openRecorder(path)).toThrow(Problem);
  } finally {
    vi.useRealTimers();
  }
});

test('a long line is read in pieces', () => {
  const long = 'x'.repeat(100_000);
  const events = EVENTS.map((event) => ({ ...event, value: [event.value, long] }));
  writeHistory(fromEvents(events), join(folder, 'long.jsonl'));
  expect([...eventsOf(readHistory(join(folder, 'long.jsonl'), { chunkBytes: 1000 }))]).toEqual(events);
});

test('a line that is cut off at the end is left out, and said', () => {
  const notices: string[] = [];
  const line = '{"process":0,"type":"invoke","f":"read","value":null,"time":0}\n';
  const whole = line + line.replace('0', '1');
  for (let cut = line.length + 1; cut < whole.length - 2; cut++) {
    expect(readHistory(file(whole.slice(0, cut)), { onNotice: (n) => notices.push(n) }).count).toBe(1);
    expect(notices.splice(0)).toEqual([expect.stringContaining(':2: the last line is cut off')]);
  }
});

test.each([
  ['{"process":0,"type":"ok","f":"read","value":1,"time":0}\n', ':1: expected an invocation of process 0'],
  ['{"process":0,"type":"begin","f":"read","value":1,"time":0}\n', ':1: expected "type": "invoke"'],
  ['{"process":-1,"type":"invoke","f":"read","value":1,"time":0}\n', ':1: expected a process number'],
  [
    '\n{"process":0,"type":"invoke","f":"read","value":01,"time":0}\n',
    ':2: expected a number as JSON writes it, found',
  ],
  ['\n{"process":0,"type":"invoke","f":"read" x,"value":0}', ':2: expected `,` or `}`, found `x,"value":0}`'],
  ['[[[[', ':1: expected a JSON value, found the end of the file'],
  ['['.repeat(100_000) + '\n', ':1: expected at most 256 levels of nesting'],
  [
    Buffer.from('{"process":0,"type":"invoke","f":"\xff","value":1,"time":0}\n', 'latin1'),
    ':1: expected a string in valid UTF-8',
  ],
  [zlib.gzipSync('{"process":0').subarray(0, 20), 'cannot be decompressed'],
])('malformed: %j', (content, message) => {
  expect(problemOf(content)).toContain(message);
});

test('a process works on one operation at a time, and finishes what it began', () => {
  const invoke: HistoryEvent = { process: 0, type: 'invoke', f: 'read', value: null, timeNs: 0, key: 1 };
  expect(() => fromEvents([invoke, invoke])).toThrow(
    'history:2: expected the completion of process 0\'s "read" (event 0)',
  );
  expect(() => fromEvents([invoke, { ...invoke, type: 'ok', f: 'write' }])).toThrow(
    'expected the completion of "read"',
  );
  expect(() => fromEvents([invoke, { ...invoke, type: 'ok', key: '1' }])).toThrow(
    'expected key 1 as in the invocation',
  );
});
