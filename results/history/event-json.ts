/**
 * A parsed line, whatever the order of its members, as an event: the exact way behind the reader's fast one.
 */
import { type EventType, type HistoryEvent, NEMESIS, type Value } from './event.ts';
import { isList, stringifyJson } from './json.ts';

/** Says what was expected, or gives the event. `index` stands in for a time that is not recorded. */
export function eventFromJson(value: Value, index: number): HistoryEvent | { expected: string } {
  if (typeof value !== 'object' || value === null || isList(value)) return { expected: 'a JSON object' };
  const { process, type, f, key, time, node, error } = value as { readonly [name: string]: Value | undefined };
  if (typeof process !== 'number' && process !== NEMESIS) return { expected: '"process": a number or "nemesis"' };
  if (!isEventType(type)) return { expected: '"type": "invoke", "ok", "fail" or "info"' };
  if (typeof f !== 'string') return { expected: '"f": a string' };
  if (time !== undefined && typeof time !== 'number') return { expected: '"time": nanoseconds, below 2^53' };
  if (node !== undefined && node !== null && typeof node !== 'string') return { expected: '"node": a string' };
  return {
    process,
    type,
    f,
    ...(key === undefined ? {} : { key }),
    value: value['value'] ?? null,
    timeNs: time ?? index,
    ...(typeof node === 'string' ? { node } : {}),
    ...(error === undefined || error === null
      ? {}
      : { error: typeof error === 'string' ? error : stringifyJson(error) }),
  };
}

function isEventType(type: Value | undefined): type is EventType {
  return type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info';
}
