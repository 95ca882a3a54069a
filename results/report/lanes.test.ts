import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packLanes, type ProcessSpan } from './lanes.ts';

test('a worker keeps its lane when it goes on under a new process', () => {
  const spans = [
    { process: 0, start: 0, end: 10 },
    { process: 1, start: 1, end: 5 },
    { process: 3, start: 6, end: 9 },
    { process: 2, start: 11, end: 12 },
  ];
  const { laneOf, labels } = packLanes(spans, 2);
  expect(laneOf).toEqual([0, 1, 1, 0]);
  expect(labels).toEqual(['process 0 +1', 'process 1 +1']);
});

test('no two processes of one lane overlap, whatever the hint', () => {
  const span = fc.record({ start: fc.nat(1000), length: fc.nat(200) });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 40 }), fc.nat(5), (raw, clients) => {
      const spans: ProcessSpan[] = raw
        .sort((a, b) => a.start - b.start)
        .map(({ start, length }, process) => ({ process, start, end: start + length }));
      const { laneOf, labels } = packLanes(spans, clients);
      const until = labels.map(() => -1);
      spans.forEach(({ start, end }, i) => {
        const lane = laneOf[i] ?? -1;
        expect(until[lane]).toBeLessThanOrEqual(start);
        until[lane] = end;
      });
    }),
  );
});
