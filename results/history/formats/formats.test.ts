import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { History } from '../history.ts';
import { eventsOf, operationAt } from '../operation.ts';
import { parseAnyHistory, readAnyHistory } from './any.ts';
import {
  etcdExample,
  etcdOperation,
  etcdPut,
  etcdRange,
  etcdTxn,
  jepsenExample,
  jepsenLogExample,
  porcupineExample,
} from './examples.ts';

function read(text: string, notices: string[] = []): History {
  return parseAnyHistory('file', Buffer.from(text), { onNotice: (notice) => notices.push(notice) });
}

/** `f key input -> output outcome` of each operation. */
function operations(history: History): string[] {
  return Array.from({ length: history.count }, (_, row) => {
    const { f, key, input, output, outcome } = operationAt(history, row);
    const text = (value: unknown) => JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v));
    return `${f} ${text(key)} ${text(input)} -> ${text(output)} ${outcome}`;
  });
}

test("Jepsen's history.edn, with independent keys", () => {
  const history = read(jepsenExample);
  expect(operations(history)).toEqual([
    'write 3 1 -> 1 ok',
    'read 3 null -> "9007199254740993n" ok',
    'cas 4 [1,2] -> [1,2] info',
  ]);
  expect(operationAt(history, 0)).toMatchObject({ node: 'n2', invokeNs: 10, completeNs: 15 });
  expect(operationAt(history, 2).error).toBe('[:timeout "n1"]');
  expect(history.nemesis).toMatchObject([{ f: 'start-partition', value: ['a', 'a'], index: 2 }]);
});

test('pairs that are no keys stay values', () => {
  const text = '({:process 0 :type :invoke :f :cas :value [1 2]}\n {:process 1 :type :invoke :f :read :value nil})';
  expect(operations(read(text))).toEqual(['cas undefined [1,2] -> null info', 'read undefined null -> null info']);
});

test('lines of JSON with tuples have keys too; whether they are such can be said, and is told where it was found out', () => {
  const text = [
    '{"process":0,"type":"invoke","f":"write","value":["x",1]}',
    '{"process":1,"type":"invoke","f":"read","value":["x",null]}',
    '{"process":0,"type":"ok","f":"write","value":["x",1]}',
    '{"process":1,"type":"info","f":"read","value":null}',
  ].join('\n');
  const notices: string[] = [];
  expect(operations(read(text, notices))).toEqual(['write "x" 1 -> 1 ok', 'read "x" null -> null info']);
  expect(notices).toEqual([expect.stringContaining('taken for such')]);
  const asThey = parseAnyHistory('file', Buffer.from(text), { keyed: false });
  expect(operations(asThey)[0]).toBe('write undefined ["x",1] -> ["x",1] ok');
  const unlike = text.replace('["x",null]', '7');
  expect(read(unlike).keys).toEqual([undefined]);
  expect(() => parseAnyHistory('file', Buffer.from(unlike), { keyed: true })).toThrow(
    'file:2: expected a tuple of key',
  );
});

test("Porcupine's key-value text and Jepsen's log", () => {
  expect(operations(read(porcupineExample))).toEqual(['append "1" "x 0 0 y" -> "x 0 0 y" ok', 'get "1" null -> "" ok']);
  const log = read(jepsenLogExample);
  expect(operations(log)).toEqual(['read undefined null -> 3 ok', 'cas undefined [3,0] -> null info']);
  expect(operationAt(log, 1).error).toBe(':timed-out');
  expect(log.nemesis).toMatchObject([{ f: 'start', index: 2 }]);
});

test.each([
  ['a newer log', (line: string) => `2024-01-05 10:10:10,123{GMT}\tINFO\t[jepsen worker 0] jepsen.util: ${line}`],
  ['history.txt', (line: string) => line],
])("Jepsen's %s", (_name, prefixed) => {
  const lines = ['0\t:invoke\t:read\tnil', ':nemesis\t:info\t:start\tnil', '0\t:ok\t:read\t9007199254740993'];
  const history = read(lines.map((line) => `${prefixed(line)}\n`).join(''));
  expect(operations(history)).toEqual(['read undefined null -> "9007199254740993n" ok']);
  expect(history.nemesis).toMatchObject([{ f: 'start', index: 1 }]);
  const broken = `${prefixed(lines[0] ?? '')}\n${prefixed('0\t:okay\t:read\tnil')}\n`;
  expect(() => read(broken)).toThrow('file:2: expected process, type, function and value');
});

test('a JSON array, transactions without f', () => {
  const text =
    '[{"index":0,"process":1,"type":"invoke","value":[["append",1,2]]},\n {"process":1,"type":"ok","value":[]}]';
  expect(operations(read(text))).toEqual(['txn undefined [["append",1,2]] -> [] ok']);
});

test("etcd's operations: a put, a read that overlaps it, a compare of unknown fate", () => {
  const history = read(etcdExample);
  expect(operations(history)).toEqual([
    'write "k" "1" -> "1" ok',
    'read "k" null -> "1" ok',
    'cas "k" ["1","2"] -> null info',
  ]);
  expect([...eventsOf(history)].map(({ type, timeNs }) => `${type} ${timeNs}`)).toEqual([
    'invoke 0',
    'invoke 5',
    'ok 10',
    'ok 20',
    'invoke 30',
    'info 30',
  ]);
});

test('etcd: a failed compare is no write; one that reads instead is a read; a delete writes null', () => {
  const condition = [{ Key: 'k', ExpectedRevision: 0 }];
  const txn = (Failure: boolean, Results: object[] = []) => ({ Txn: { Failure, Results }, Revision: 7 });
  const get = { Type: 'range-operation', Range: { Start: 'k', End: '', Limit: 0 } };
  const text = [
    etcdOperation(etcdTxn([etcdPut('k', '1')], condition), txn(true), 1, 2),
    etcdOperation(
      etcdTxn([etcdPut('k', '1')], condition, [get]),
      txn(true, [{ KVs: [{ Value: { Value: '5' } }] }]),
      3,
      4,
    ),
    etcdOperation(etcdTxn([{ Type: 'delete-operation', Delete: { Key: 'k' } }]), txn(false), 5, 6),
    etcdOperation(etcdTxn([etcdPut('k', '9')], [{ Key: 'k', ExpectedRevision: 99 }]), txn(false), 7, 8),
  ];
  expect(operations(read(text.join('').replaceAll('ClientId', 'ClientID')))).toEqual([
    'cas "k" [null,"1"] -> null fail',
    'read "k" null -> "5" ok',
    'write "k" null -> null ok',
    'write "k" "9" -> "9" ok',
  ]);
});

test('etcd: reads that are no register reads are left out and said, writes that are none are refused', () => {
  const done = { Range: { KVs: [], Count: 0 } };
  const notices: string[] = [];
  const text = etcdOperation(etcdRange('a', 'b'), done, 1, 2) + etcdOperation(etcdRange('a', '', 3), done, 3, 4);
  expect(read(text, notices).count).toBe(0);
  expect(notices).toEqual(['1 left out: reads of a range of keys.', '1 left out: reads at an old revision.']);
  const two = etcdOperation(etcdTxn([etcdPut('a', '1'), etcdPut('b', '1')]), { Txn: { Failure: false } }, 1, 2);
  expect(() => read(two)).toThrow('file:1: expected a transaction with a single change');
  const leased = etcdOperation(etcdTxn([etcdPut('a', '1', 5)]), { Txn: { Failure: false } }, 1, 2);
  expect(() => read(`\n${leased}`)).toThrow('file:2: expected a put without a lease');
});

test.each([
  [
    '{:process 0 :type :invoke :f :read}\n{:process 0, :type :ok, :f :read :value}',
    'file:2: expected a map with a value',
  ],
  [
    '{:process 0 :type :invoke :f :w :value :a}\n{:process 0, :type :ok :f :w :value "a"}',
    'file:2: expected values that can',
  ],
  ['[{:process 0 :type :invoke :f :read}\n', 'file:2: expected an EDN value, found the end of the file'],
  ['{:process 0 :type :invoke :f :read :value ' + '['.repeat(1e5), 'file:1: expected at most 256 levels of nesting'],
  ['#_'.repeat(1e5), 'file:1: expected at most 256 levels'],
  ['INFO  jepsen.util - 2\t:invoke', 'file:1: expected process, type, function and value'],
  ['[{"process":0,"type":"invoke","f":"read"},\n{"process":0,"type":"okay","f":"read"}]', 'file:2: expected "type"'],
  ['{\n"ClientId": 1}', 'file:1: expected an operation with integers as Call and Return'],
  ['<html>', 'no history in a format that is known'],
])('malformed: %.60s', (text, message) => {
  expect(() => read(text)).toThrow(message);
});

const corpus = process.env['ORDEAL_CORPUS'];

test.runIf(corpus !== undefined)('every file of the corpus reads, with the counts of its manifest', () => {
  const folder = corpus ?? '';
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Entry[];
  expect(manifest.length).toBeGreaterThan(0);
  for (const { file, events, invokes, ok, fail, pendingOrInfo } of manifest) {
    expect(existsSync(join(folder, file))).toBe(true);
    const history = readAnyHistory(join(folder, file));
    const counts = [0, 0, 0];
    for (const outcome of history.outcome) counts[outcome] = (counts[outcome] ?? 0) + 1;
    expect({ file, events: history.events, invokes: history.count, counts }).toEqual({
      file,
      events,
      invokes,
      counts: [ok, fail, pendingOrInfo],
    });
  }
});

interface Entry {
  readonly file: string;
  readonly events: number;
  readonly invokes: number;
  readonly ok: number;
  readonly fail: number;
  readonly pendingOrInfo: number;
}
