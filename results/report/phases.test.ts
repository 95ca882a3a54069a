import { expect, test } from 'vitest';
import { fromEvents, type HistoryEvent } from '../history/index.ts';
import type { FaultEvidence } from '../verdict.ts';
import { phaseOf, phaseRows, phaseSpans, quantile } from './phases.ts';

const fault: FaultEvidence = {
  id: 0,
  fault: 'partition',
  describe: '',
  nodes: [],
  askedNs: 9e9,
  firstEffectNs: 10e9,
  lastEffectNs: 11e9,
  healAskedNs: 20e9,
  healedNs: 21e9,
};

test('an operation belongs to the worst phase it touches', () => {
  const spans = phaseSpans([fault], 60e9);
  expect(phaseOf(1e9, 2e9, spans)).toBe('calm');
  expect(phaseOf(9.9e9, 15e9, spans)).toBe('fault');
  expect(phaseOf(21e9, 22e9, spans)).toBe('recovery');
  expect(phaseOf(24.9e9, 26e9, spans)).toBe('recovery');
  expect(phaseOf(26e9, 27e9, spans)).toBe('calm');
});

test('a fault whose effect was never seen disturbs nothing', () => {
  const unseen = { id: 0, fault: 'pause', describe: '', nodes: [], askedNs: 10e9, healAskedNs: 20e9 };
  expect(phaseOf(12e9, 13e9, phaseSpans([unseen], 60e9))).toBe('calm');
});

test('latencies are those of ok operations, per kind and phase', () => {
  const op = (process: number, type: HistoryEvent['type'], fromNs: number, tookNs: number): HistoryEvent[] => [
    { process, type: 'invoke', f: 'read', value: null, timeNs: fromNs },
    { process, type, f: 'read', value: 1, timeNs: fromNs + tookNs },
  ];
  const history = fromEvents([...op(0, 'ok', 1e9, 3e6), ...op(0, 'ok', 2e9, 5e6), ...op(0, 'info', 12e9, 9e8)]);
  const rows = phaseRows(history, [fault], 60e9);
  expect(rows).toEqual([
    { f: 'read', phase: 'calm', ok: 2, fail: 0, info: 0, p50Ns: 3e6, p99Ns: 5e6, maxNs: 5e6 },
    { f: 'read', phase: 'fault', ok: 0, fail: 0, info: 1, p50Ns: null, p99Ns: null, maxNs: null },
    { f: 'read', phase: 'recovery', ok: 0, fail: 0, info: 0, p50Ns: null, p99Ns: null, maxNs: null },
  ]);
});

test('quantiles are by nearest rank', () => {
  const sorted = Float64Array.from({ length: 100 }, (_, i) => i + 1);
  expect([quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 1)]).toEqual([50, 99, 100]);
  expect(quantile(new Float64Array(), 0.5)).toBeNull();
});
