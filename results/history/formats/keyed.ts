/**
 * Jepsen's independent keys: the value of every operation is a tuple `[key value]`.
 *
 * Nothing in a file says so. Unless told, we take them for tuples if every invocation of a client holds a pair and at least
 * one pair ends in nil, as the invocation of a read does: no unkeyed workload looks like that. What was decided by such looks
 * is said in a notice.
 */
import { fromEvents } from '../builder.ts';
import { type HistoryEvent, NEMESIS, type Value } from '../event.ts';
import type { History } from '../history.ts';
import { isList } from '../json.ts';
import { Malformed, malformedLine } from '../malformed.ts';
import { eventsOf } from '../operation.ts';

export interface KeyedOptions {
  /** Whether values are tuples `[key value]`; found out from the values if left out. */
  readonly keyed?: boolean;
  /** Hears if values were taken for tuples because they look like it. */
  readonly onNotice?: (sentence: string) => void;
}

/** An event, and where in the text it begins. */
export interface PlacedEvent {
  readonly event: HistoryEvent;
  readonly at: number;
}

/** Throws `Malformed` at an invocation that is to be a tuple and is none. */
export function splitKeys(events: readonly PlacedEvent[], options: KeyedOptions): readonly PlacedEvent[] {
  const seen = function* () {
    for (const { event } of events) yield event;
  };
  if (!areTuples(seen, options)) return events;
  return events.map(({ event, at }) => {
    const split = splitKey(event);
    if (split === undefined) throw new Malformed(at, EXPECTED);
    return { event: split, at };
  });
}

/** The same for a history that was read already. Throws a `Problem`. */
export function splitHistory(file: string, history: History, options: KeyedOptions): History {
  if (!areTuples(() => eventsOf(history), options)) return history;
  return fromEvents(
    Array.from(eventsOf(history), (event, index) => {
      const split = splitKey(event);
      if (split === undefined) throw malformedLine(file, index + 1, `expected ${EXPECTED}`);
      return split;
    }),
    { file },
  );
}

const EXPECTED = 'a tuple of key and value: values were said to be such';

function areTuples(events: () => Iterable<HistoryEvent>, { keyed, onNotice }: KeyedOptions): boolean {
  if (keyed !== undefined) return keyed;
  const looks = looksKeyed(events());
  if (looks)
    onNotice?.('Values look like tuples of key and value, and were taken for such (--no-keyed: they are none).');
  return looks;
}

function looksKeyed(events: Iterable<HistoryEvent>): boolean {
  let reads = 0;
  for (const { process, type, key, value } of events) {
    if (process === NEMESIS || type !== 'invoke') continue;
    if (key !== undefined || !isTuple(value)) return false;
    if (value[1] === null) reads++;
  }
  return reads > 0;
}

/** Undefined where an invocation is no tuple; a completion may have lost its value. */
function splitKey(event: HistoryEvent): HistoryEvent | undefined {
  if (event.process === NEMESIS) return event;
  if (isTuple(event.value)) return { ...event, key: event.value[0], value: event.value[1] };
  return event.type === 'invoke' ? undefined : event;
}

function isTuple(value: Value): value is readonly [Value, Value] {
  return typeof value === 'object' && value !== null && isList(value) && value.length === 2;
}
