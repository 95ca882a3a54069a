/**
 * A history as one JSON array of events, as elle-cli takes it: our members and perhaps others, `f` left out where all
 * operations are transactions.
 */
import type { Value } from '../event.ts';
import { eventFromJson } from '../event-json.ts';
import type { History } from '../history.ts';
import { isList, parseJsonElements } from '../json.ts';
import { Malformed } from '../malformed.ts';
import { assemble } from './assemble.ts';
import type { KeyedOptions, PlacedEvent } from './keyed.ts';

/** Reads such an array. Throws a `Problem` naming file and line. */
export function parseElle(file: string, bytes: Uint8Array, options: KeyedOptions = {}): History {
  return assemble(file, bytes, () => elleEvents(bytes), options);
}

function* elleEvents(bytes: Uint8Array): Generator<PlacedEvent> {
  let index = 0;
  for (const { value, at } of parseJsonElements(bytes)) {
    const event = eventFromJson(withFunction(value), index++);
    if ('expected' in event) throw new Malformed(at, event.expected);
    yield { event, at };
  }
}

function withFunction(value: Value): Value {
  const isEvent = typeof value === 'object' && value !== null && !isList(value);
  return isEvent && !('f' in value) ? { ...value, f: 'txn' } : value;
}
