import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test, vi } from 'vitest';
import { anyEvents, anyValue, CASES, TIMEOUT_MS } from './arbitrary.ts';
import { fromEvents } from './builder.ts';
import { columnsPath, readColumns, writeColumns } from './columns.ts';
import { readAnyHistory } from './formats/any.ts';
import { exportLines } from './formats/export.ts';
import { Interner } from './interner.ts';
import { stringifyJson } from './json.ts';
import { parseHistory, readHistory, writeHistory } from './jsonl.ts';
import { formatLine } from './line.ts';
import { writeLines } from './lines-file.ts';
import { loadHistory } from './load.ts';
import { eventsOf, operationAt, rowOfEvent, rowOfInvoke } from './operation.ts';
import { openRecorder } from './recorder.ts';
import { stampOf } from './stamp.ts';

vi.setConfig({ testTimeout: TIMEOUT_MS });
const folder = mkdtempSync(join(tmpdir(), 'ordeal-round-trip-'));
const path = join(folder, 'history.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

const runs = (share: number) => ({ numRuns: Math.ceil(CASES * share) });

test('events -> columns -> events', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      expect([...eventsOf(fromEvents(events))]).toEqual(events);
    }),
    runs(1),
  );
});

test('a cas carries the ids of both its values, and nothing else carries any', () => {
  const call = { process: 1, type: 'invoke', timeNs: 0 } as const;
  const calls = [
    { ...call, f: 'write', value: [1, 2] },
    { ...call, process: 2, f: 'cas', value: [1, 'x'] },
    { ...call, process: 3, f: 'cas', value: [1, 2, 3] },
    { ...call, process: 4, f: 'cas', value: ['x', { a: null }] },
  ];
  const { first, second, values } = fromEvents(calls);
  const read = (ids: Int32Array) => Array.from(ids, (id) => (id < 0 ? 'none' : values[id]));
  expect(read(first)).toEqual(['none', 1, 'none', 'x']);
  expect(read(second)).toEqual(['none', 'x', 'none', { a: null }]);
  expect(first[3]).toBe(second[1]);
});

test('what a recorder writes, the reader gives back, whatever the size of its chunks', () => {
  fc.assert(
    fc.property(anyEvents, fc.integer({ min: 1, max: 300 }), (events, chunkBytes) => {
      rmSync(path, { force: true });
      const recorder = openRecorder(path);
      for (const [i, event] of events.entries()) expect(recorder.record(event)).toBe(i);
      recorder.close();
      const history = readHistory(path, { chunkBytes });
      expect([...eventsOf(history)]).toEqual(events);
      const before = readFileSync(path);
      writeHistory(history, path);
      expect(readFileSync(path).equals(before)).toBe(true);
    }),
    runs(0.2),
  );
});

test('the fast and the exact way of reading give one history', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const lines = events.map(formatLine);
      const fast = parseHistory('fast', Buffer.from(lines.map((line) => `${line}\n`).join('')));
      const exact = parseHistory('exact', Buffer.from(lines.map((line) => ` ${line}\r\n`).join('')));
      expect(fast).toEqual(exact);
    }),
    runs(1),
  );
});

test('columns give back the very same history, and only while they are of that file', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const history = fromEvents(events);
      writeHistory(history, path);
      writeColumns(history, path, stampOf(path));
      expect(readColumns(path)).toEqual(history);
      writeFileSync(path, `${readFileSync(path, 'utf8')} `);
      expect(readColumns(path)).toBeUndefined();
    }),
    runs(0.2),
  );
});

test('damaged columns are never used', () => {
  const events = fc.sample(anyEvents, { numRuns: 20, seed: 7 }).reduce((a, b) => (a.length > b.length ? a : b));
  writeHistory(fromEvents(events), path);
  loadHistory(path, { cache: true });
  const columns = readFileSync(columnsPath(path));
  expect(readColumns(path)).toEqual(fromEvents(events));
  fc.assert(
    fc.property(fc.nat(columns.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
      const damaged = Buffer.from(cut ? columns.subarray(0, at) : columns);
      if (!cut) damaged[at] = damaged[at]! ^ change;
      writeFileSync(columnsPath(path), damaged);
      expect(readColumns(path)).toBeUndefined();
    }),
    runs(0.2),
  );
});

test("Jepsen's form, out and back in", () => {
  const edn = join(folder, 'history.edn');
  fc.assert(
    fc.property(anyEvents, (events) => {
      const history = fromEvents(events);
      writeLines(edn, exportLines(history, 'edn'));
      const options = { format: 'jepsen', keyed: history.keys.length > 1 } as const;
      expect([...eventsOf(readAnyHistory(edn, options))]).toEqual(events);
    }),
    runs(0.2),
  );
});

test('exported to one form and from there to the other, it is the same to the last digit', () => {
  const edn = join(folder, 'there.edn');
  fc.assert(
    fc.property(anyEvents, (events) => {
      const history = fromEvents(events);
      writeLines(edn, exportLines(history, 'edn'));
      const there = readAnyHistory(edn, { format: 'jepsen', keyed: history.keys.length > 1 });
      writeLines(path, exportLines(there, 'jsonl'));
      expect([...eventsOf(readAnyHistory(path, { format: 'jsonl', keyed: false }))]).toEqual(events);
    }),
    runs(0.2),
  );
});

test('what Jepsen cannot say is not exported to it, not even in part', () => {
  const invocation = { process: 0, type: 'invoke', f: 'write', value: 2n ** 64n + 1n, timeNs: 1 } as const;
  const history = fromEvents([
    { ...invocation, key: 'x' },
    { ...invocation, process: 1 },
  ]);
  expect(() => exportLines(history, 'edn')).toThrow('event 1 has no key where others have one');
  expect(Array.from(exportLines(history, 'jsonl'))[1]).toContain('"value":18446744073709551617');
});

test('a JSON array of the same lines is the same history', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      writeFileSync(path, `[${events.map(formatLine).join(',\n')}]`);
      expect([...eventsOf(readAnyHistory(path, { format: 'elle', keyed: false }))]).toEqual(events);
    }),
    runs(0.2),
  );
});

test('equal values have equal ids, and no others', () => {
  const sorted = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(sorted);
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([k, v]) => [k, sorted(v)]),
    );
  };
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 40 }), (values) => {
      const interner = new Interner<null>(null);
      const texts = new Map<number, string>([[0, 'null']]);
      for (const value of values) {
        const id = interner.of(value);
        const text = stringifyJson(sorted(value) as typeof value);
        expect(interner.values[id]).toEqual(value);
        expect(texts.get(id) ?? text).toBe(text);
        texts.set(id, text);
      }
      expect(new Set(texts.values()).size).toBe(texts.size);
    }),
    runs(1),
  );
});

test('integers and pairs keep apart while their tables grow', () => {
  const interner = new Interner<null>(null);
  const values = Array.from({ length: 6000 }, (_, i) => [i * 50, [3, i], [i, 3], -i, String(i)]).flat();
  const ids = values.map((value) => interner.of(value));
  expect(new Set(ids).size).toBe(values.length - 1 - 1);
  expect(values.map((value) => interner.of(value))).toEqual(ids);
});

test('rows, events and operations point at each other', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const history = fromEvents(events);
      for (const [i, event] of events.entries()) {
        const row = rowOfEvent(history, i);
        expect(row < 0).toBe(event.process === 'nemesis');
        expect(rowOfInvoke(history, i)).toBe(event.type === 'invoke' ? row : -1);
        if (row < 0) continue;
        const operation = operationAt(history, row);
        expect(event.type === 'invoke' ? operation.invoke : operation.complete).toBe(i);
        expect(event.type === 'invoke' ? operation.input : operation.output).toEqual(event.value);
      }
    }),
    runs(1),
  );
});
