import { describe, expect, test } from 'vitest';
import {
  type Effect,
  fromEvents,
  type FaultEventValue,
  type HistoryEvent,
  NEMESIS,
  type Value,
} from '../history/index.ts';
import type { Verdict } from '../verdict.ts';
import { conclude } from './conclude.ts';
import { gatherEvidence } from './evidence.ts';

const expected = { reads: ['read'], faults: ['partition'] };
const seen = (firstNs: number): Effect => ({
  seen: true,
  measures: [{ where: 'n1>n2', what: 'silent', seen: true, firstNs }],
});
const unseen: Effect = { seen: false, measures: [] };

const op = (
  process: number,
  f: string,
  fromNs: number,
  toNs: number,
  type: 'ok' | 'fail' | 'info' = 'ok',
): HistoryEvent[] => [
  { process, type: 'invoke', f, value: 1, timeNs: fromNs },
  { process, type, f, value: 1, timeNs: toNs },
];
const fault = (type: HistoryEvent['type'], value: FaultEventValue, timeNs: number): HistoryEvent => ({
  process: NEMESIS,
  type,
  f: 'partition',
  value: value as unknown as Value,
  timeNs,
});
const injected = (effect: Effect) => [
  fault('invoke', { id: 1, phase: 'inject', plan: null }, 100),
  fault(
    effect.seen ? 'info' : 'fail',
    { id: 1, phase: 'inject', describe: 'n1 | n2', nodes: ['n1', 'n2'], effect },
    200,
  ),
];
const healed = (effect: Effect) => [
  fault('invoke', { id: 1, phase: 'heal' }, 500),
  fault('info', { id: 1, phase: 'heal', effect }, 600),
];
/** A run with all the evidence one can ask for. */
const whole = [
  ...op(0, 'write', 1, 2),
  ...injected(seen(150)),
  ...op(0, 'write', 300, 400),
  ...healed(seen(550)),
  ...op(0, 'read', 700, 800),
];
const missing = (events: HistoryEvent[]) => gatherEvidence(fromEvents(events), expected).missing;

describe('evidence', () => {
  test('nothing is missing from a run that shows everything', () => {
    const evidence = gatherEvidence(fromEvents(whole), expected);
    expect(evidence.missing).toEqual([]);
    expect(evidence).toMatchObject({ operations: { ok: 3, fail: 0, info: 0 }, okDuringFaults: 1, finalReads: 1 });
    expect(evidence.faults[0]).toMatchObject({
      firstEffectNs: 150,
      healAskedNs: 500,
      healedNs: 550,
      describe: 'n1 | n2',
    });
  });

  test('each kind of evidence that is missing is named', () => {
    expect(missing([])).toContain('no operation succeeded');
    expect(missing(whole.filter((event) => event.f !== 'read'))).toEqual(['no final read after the last heal']);
    expect(missing([...whole, ...op(0, 'cas', 900, 950, 'fail')])).toEqual(['no cas succeeded']);
    expect(
      missing([...injected(unseen), ...op(0, 'read', 300, 400), ...healed(seen(550)), ...op(0, 'read', 700, 800)]),
    ).toEqual(['partition #1 (n1 | n2) had no measured effect', 'no operation succeeded while a fault was in force']);
    expect(missing([...op(0, 'read', 1, 2)])).toEqual(['partition was never injected']);
    expect(
      missing(
        whole.map((event) =>
          event.timeNs === 600 ? fault('fail', { id: 1, phase: 'heal', effect: unseen }, 600) : event,
        ),
      ),
    ).toEqual(['partition #1 was never seen to be healed']);
    expect(missing([...injected(seen(150)), ...healed(seen(550)), ...op(0, 'read', 700, 800)])).toEqual([
      'no operation succeeded while a fault was in force',
    ]);
  });

  test('of a foreign history only the operations are asked for', () => {
    expect(gatherEvidence(fromEvents(op(0, 'write', 1, 2))).missing).toEqual([]);
    expect(gatherEvidence(fromEvents(op(0, 'write', 1, 2, 'info'))).missing).toEqual(['no operation succeeded']);
  });
});

describe('conclude', () => {
  const verdict = (judgement: Verdict['judgement']): Verdict => ({
    judgement,
    sentence: 'as the checker said',
    anomalies: [],
    reasons: [],
    checker: { name: 'test', version: '1', operations: 0, durationMs: 0 },
    keys: { valid: 0, invalid: 0, unknown: 0 },
  });

  test('valid stands only with evidence', () => {
    expect(conclude(verdict('valid'), fromEvents(whole), expected).judgement).toBe('valid');
    const vacuous = conclude(verdict('valid'), fromEvents(op(0, 'read', 1, 2)), expected);
    expect(vacuous.judgement).toBe('unknown');
    expect(vacuous.sentence).toMatch(/^vacuous: partition was never injected/);
  });

  test('an anomaly says which faults were in force when it showed', () => {
    const anomaly = (event: number) => ({ kind: 'stale read', sentence: '', events: [event] });
    const invalid = { ...verdict('invalid'), anomalies: [anomaly(0), anomaly(5)] };
    const { anomalies } = conclude(invalid, fromEvents(whole), expected);
    expect(anomalies.map(({ during }) => during)).toEqual([undefined, ['partition n1 | n2 since 0.0 s']]);
  });

  test('a violation outranks every kind of missing evidence', () => {
    expect(conclude(verdict('invalid'), fromEvents([]), expected)).toMatchObject({
      judgement: 'invalid',
      sentence: 'as the checker said',
    });
  });
});
