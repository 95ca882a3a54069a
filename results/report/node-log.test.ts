import { expect, test } from 'vitest';
import { lineTimeMs, timeLog } from './node-log.ts';

const STARTED = '2026-11-22T02:01:00.000Z';
const at = (line: string) => lineTimeMs(line, Date.parse(STARTED)) - Date.parse(STARTED);

test.each([
  ['2026-11-22T02:01:38.412Z raft: lost leader', 38_412],
  ['2026-11-22 02:01:38.412 UTC [31] LOG:  checkpoint', 38_412],
  ['2026-11-22 03:01:38,412 +0100 WARN gossip', 38_412],
  ['2026/11/22 02:01:38 http: TLS handshake error', 38_000],
  ['{"level":"warn","ts":"2026-11-22T02:01:38.412345Z","msg":"slow"}', 38_412.345],
  ['{"level":"info","ts":1795312898.412,"msg":"x"}', 38_412],
  ['{"ts":1795312898412,"msg":"x"}', 38_412],
  ['time="2026-11-22T02:01:38Z" level=info', 38_000],
  ['I1122 02:01:38.412345       1 raft.go:12] elected', 38_412.345],
  ['Nov 22 02:01:38 n1 consul[7]: agent: Synced', 38_000],
  ['1:M 22 Nov 2026 02:01:38.412 * Ready to accept connections', 38_412],
])('reads the time of %s', (line, expected) => {
  expect(at(line)).toBeCloseTo(expected, 0);
});

test.each(['    at java.lang.Thread.run', 'panic: 12:34', '', 'version 3.4.23 2026'])('finds no time in %j', (line) => {
  expect(at(line)).toBeNaN();
});

test('a year that is not written is the one closest to the run', () => {
  const newYear = Date.parse('2027-01-01T00:00:10Z');
  expect(lineTimeMs('Dec 31 23:59:59 n1 x', newYear) - newYear).toBe(-11_000);
});

test('lines without a time stand with the line before them, the first ones with the first time', () => {
  const log = timeLog('starting\n2026-11-22T02:01:01Z up\n  detail\r\n2026-11-22T02:01:03Z down\n', STARTED);
  expect([...log.timesMs]).toEqual([1000, 1000, 1000, 3000]);
  expect(log.lines[2]).toBe('  detail');
  expect(log).toMatchObject({ timed: true, dropped: 0 });
  expect(timeLog('nothing here\n', STARTED).timed).toBe(false);
});

test('of a log too long for one page the newest lines are kept, and the others counted', () => {
  const log = timeLog(Array.from({ length: 20_500 }, (_, i) => `line ${i}`).join('\n'), STARTED);
  expect(log.dropped).toBe(500);
  expect(log.lines.at(-1)).toBe('line 20499');
});
