import { expect, test } from 'vitest';
import type { IndexedEvent, Value } from './history/index.ts';
import { faultEvidenceOf } from './fault-evidence.ts';

const event = (type: IndexedEvent['type'], value: Value, timeNs: number): IndexedEvent => ({
  process: 'nemesis',
  type,
  f: 'partition',
  value,
  timeNs,
  index: timeNs,
});
const done = (seen: boolean, measures: Value) => ({
  id: 4,
  phase: 'inject',
  describe: 'n1 | n2',
  nodes: ['n1', 'n2'],
  effect: { seen, measures },
});

test('four events make one injection with its measured moments', () => {
  const faults = faultEvidenceOf([
    event('invoke', { id: 4, phase: 'inject', plan: null }, 10),
    event('info', done(true, [{ where: 'n1>n2', what: 'cut', seen: true, firstNs: 14, lastNs: 88 }]), 20),
    event('invoke', { id: 4, phase: 'heal' }, 90),
    event('info', { id: 4, phase: 'heal', effect: { seen: true, measures: [] } }, 95),
  ]);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject({
    id: 4,
    fault: 'partition',
    describe: 'n1 | n2',
    askedNs: 10,
    firstEffectNs: 14,
    lastEffectNs: 88,
    healAskedNs: 90,
    healedNs: 95,
  });
});

test('an effect that was not seen has no moments, and an injection cut short has no end', () => {
  const [fault] = faultEvidenceOf([
    event('invoke', { id: 4, phase: 'inject', plan: null }, 10),
    event('fail', done(false, [{ where: 'n1>n2', what: 'still open', seen: false }]), 20),
  ]);
  expect(fault?.firstEffectNs).toBeUndefined();
  expect(fault?.healAskedNs).toBeUndefined();
  expect(fault?.effect?.seen).toBe(false);
});
