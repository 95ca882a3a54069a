/**
 * The injections of a history, each put together from its events.
 *
 * An injection is four nemesis events tied by `id`; whatever is missing of them (the controller was killed) stays absent.
 * A moment counts only where it was seen: a measure that shows nothing says nothing about when.
 */
import type { Effect, FaultEventValue, IndexedEvent } from './history/index.ts';
import type { FaultEvidence } from './verdict.ts';

type Growing = { -readonly [K in keyof FaultEvidence]: FaultEvidence[K] };

export function faultEvidenceOf(nemesis: readonly IndexedEvent[]): FaultEvidence[] {
  const faults = new Map<number, Growing>();
  for (const event of nemesis) {
    const value = event.value as FaultEventValue | null;
    if (value === null || typeof value !== 'object' || !('id' in value)) continue;
    const fault = faults.get(value.id) ?? begin(value.id, event);
    faults.set(value.id, fault);
    if (event.error !== undefined) fault.error = event.error;
    if (value.phase === 'heal') {
      if (event.type === 'invoke') fault.healAskedNs = event.timeNs;
      else if ('effect' in value) recovered(fault, value.effect, event.timeNs);
    } else if ('effect' in value) {
      fault.describe = value.describe;
      fault.nodes = value.nodes;
      struck(fault, value.effect, event.timeNs);
    }
  }
  return [...faults.values()];
}

function begin(id: number, event: IndexedEvent): Growing {
  return { id, fault: event.f, describe: '', nodes: [], askedNs: event.timeNs };
}

function struck(fault: Growing, effect: Effect, timeNs: number): void {
  fault.effect = effect;
  if (!effect.seen) return;
  const first = firstSeen(effect);
  const last = effect.measures.flatMap(({ seen, lastNs }) => (seen && lastNs !== undefined ? lastNs : []));
  fault.firstEffectNs = first.length > 0 ? Math.min(...first) : timeNs;
  if (last.length > 0) fault.lastEffectNs = Math.max(...last);
}

function recovered(fault: Growing, recovery: Effect, timeNs: number): void {
  fault.recovery = recovery;
  if (!recovery.seen) return;
  const first = firstSeen(recovery);
  fault.healedNs = first.length > 0 ? Math.max(...first) : timeNs;
}

function firstSeen({ measures }: Effect): number[] {
  return measures.flatMap(({ seen, firstNs }) => (seen && firstNs !== undefined ? firstNs : []));
}
