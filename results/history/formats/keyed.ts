/**
 * Jepsen's independent keys: the value of every operation is a tuple `[key value]`.
 *
 * Nothing in a file says so. Unless told, we take them for tuples if every invocation of a client holds a pair and at least
 * one pair ends in nil, as the invocation of a read does: no unkeyed workload looks like that.
 */
import { type HistoryEvent, NEMESIS, type Value } from '../event.ts';
import { isList } from '../json.ts';

export interface KeyedOptions {
  /** Whether values are tuples `[key value]`; found out from the values if left out. */
  readonly keyed?: boolean;
}

/** An event, and where in the text it begins. */
export interface PlacedEvent {
  readonly event: HistoryEvent;
  readonly at: number;
}

export function splitKeys(events: readonly PlacedEvent[], { keyed }: KeyedOptions): readonly PlacedEvent[] {
  if (!(keyed ?? looksKeyed(events))) return events;
  return events.map(({ event, at }) => ({ event: splitKey(event), at }));
}

function looksKeyed(events: readonly PlacedEvent[]): boolean {
  let reads = 0;
  for (const { event } of events) {
    if (event.process === NEMESIS || event.type !== 'invoke') continue;
    if (event.key !== undefined || !isTuple(event.value)) return false;
    if (event.value[1] === null) reads++;
  }
  return reads > 0;
}

function splitKey(event: HistoryEvent): HistoryEvent {
  if (event.process === NEMESIS || !isTuple(event.value)) return event;
  return { ...event, key: event.value[0], value: event.value[1] };
}

function isTuple(value: Value): value is readonly [Value, Value] {
  return typeof value === 'object' && value !== null && isList(value) && value.length === 2;
}
