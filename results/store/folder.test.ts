import { appendFileSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Verdict } from '../verdict.ts';
import { createRunFolder, freshRunId, readIndex, readRunInfo, writeVerdict } from './folder.ts';
import type { RunInfo } from './run-info.ts';

const runs = mkdtempSync(join(tmpdir(), 'ordeal-store-'));
afterAll(() => rmSync(runs, { recursive: true }));

const at = new Date('2026-11-22T02:01:30Z');
const info = (id: string): RunInfo => ({
  id,
  version: '0',
  startedAt: at.toISOString(),
  seed: 's',
  target: { name: 'etcd', params: null },
  workload: { name: 'register', params: null, reads: ['read'], checker: { name: 'linearizable' } },
  nemesis: [],
  schedule: [],
  settings: { timeMs: 1, nodes: 1, clients: 1, rate: null, opTimeoutMs: 1 },
  cluster: {},
  environment: {},
  argv: [],
  again: '',
});
const verdict = (judgement: Verdict['judgement']): Verdict => ({
  judgement,
  sentence: 'x'.repeat(9_000),
  anomalies: [{ kind: 'stale read', sentence: '', key: 2n ** 60n, events: [] }],
  reasons: [],
  checker: { name: 'test', version: '1', operations: 0, durationMs: 0 },
  keys: { valid: 0, invalid: 0, unknown: 0 },
});

test('a run gets a folder of its own, and latest points to the last one', () => {
  const first = freshRunId(runs, at, ['etcd', 'register', 'calm', '../s']);
  expect(first).toBe('2026-11-22/0201-etcd-register-calm-.._s');
  const folder = createRunFolder(runs, info(first));
  const second = freshRunId(runs, at, ['etcd', 'register', 'calm', '../s']);
  expect(second).toBe(`${first}-2`);
  createRunFolder(runs, info(second));
  expect(readlinkSync(join(runs, 'latest'))).toBe(second);
  expect(readRunInfo(folder)).toEqual(info(first));
});

test('the index holds each run once, its last verdict, small, and survives a line cut off', () => {
  const id = freshRunId(runs, at, ['indexed']);
  const folder = createRunFolder(runs, info(id));
  writeVerdict(folder, info(id), verdict('valid'));
  writeVerdict(folder, info(id), verdict('invalid'));
  appendFileSync(join(runs, 'index.jsonl'), '{"id":"half');
  expect(readIndex(runs)).toMatchObject([{ id, judgement: 'invalid', anomalies: ['stale read'] }]);
  expect(readFileSync(join(folder, 'summary.json')).length).toBeLessThan(4096);
  expect(JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8'))).toMatchObject({ judgement: 'invalid' });
});

test('a folder that is no run says so', () => {
  expect(() => readRunInfo(runs)).toThrow('cannot be read');
});
