import { expect, test } from 'vitest';
import { fromEvents } from '../../history/index.ts';
import { compile } from '../compile.ts';
import { sampleInfo } from '../sample.ts';
import { bandsOf } from './bands.ts';
import { readData } from './data.ts';
import { faultTags, lineAt, mergeLogs } from './log-lines.ts';

const stamp = (s: number) => `2026-11-22T02:01:0${s}Z`;
const logs = [
  { node: 'n1', text: `${stamp(1)} a\n  a, continued\n${stamp(4)} d\n` },
  { node: 'n2', text: `${stamp(2)} b </script>\n${stamp(3)} c\n` },
];

const info = sampleInfo({ operations: 1, judgement: 'valid' }, 1e9);

function data() {
  return readData(compile({ info, name: 'x', history: fromEvents([]), verdict: null, logs }).block);
}

test('lines of all nodes stand in order of time, continuations with their line', () => {
  expect(mergeLogs(data()).map(({ log, timeMs, text }) => [log, timeMs, text.replace(/^\S+Z /, '')])).toEqual([
    [0, 1000, 'a'],
    [0, 1000, '  a, continued'],
    [1, 2000, 'b </script>'],
    [1, 3000, 'c'],
    [0, 4000, 'd'],
  ]);
});

test('the cursor finds the last line before it, and a line the faults in force', () => {
  const lines = mergeLogs(data());
  expect([lineAt(lines, 0), lineAt(lines, 2500), lineAt(lines, 99_000)]).toEqual([0, 2, 4]);
  const fault = {
    id: 7,
    fault: 'pause',
    describe: 'n1',
    nodes: ['n1'],
    askedNs: 0,
    firstEffectNs: 1.5e9,
    healAskedNs: 3.5e9,
  };
  expect(lines.map((line) => faultTags(bandsOf([fault], 9e9), line).join())).toEqual([
    '',
    '',
    'pause #7',
    'pause #7',
    '',
  ]);
});
