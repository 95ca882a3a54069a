/**
 * One event as one line of JSON: `{"process":3,"type":"ok","f":"read","value":7,"time":81203,"key":2,"node":"n1"}`.
 *
 * Fields stand in this order, always; `time` is in ns, and `key`, `node` and `error` are there only if the event has them.
 */
import type { HistoryEvent, Value } from './event.ts';
import { stringifyJson } from './json.ts';

/** The line without its line feed. Throws on a value that JSON cannot say. */
export function formatLine(event: HistoryEvent): string {
  const { process, key, node, error } = event;
  let line = typeof process === 'number' ? `{"process":${process}` : `{"process":${text(process)}`;
  line += `,"type":"${event.type}","f":${text(event.f)},"value":${scalar(event.value)},"time":${scalar(event.timeNs)}`;
  if (key !== undefined) line += `,"key":${scalar(key)}`;
  if (node !== undefined) line += `,"node":${text(node)}`;
  if (error !== undefined) line += `,"error":${text(error)}`;
  return line + '}';
}

function scalar(value: Value | undefined): string {
  if (typeof value === 'number' && (value | 0) === value) return String(value + 0);
  return value === undefined || value === null ? 'null' : stringifyJson(value);
}

/** Quoting takes longer than all the rest of a line; names and most errors come again and again. */
function text(value: string): string {
  let quoted = quotes.get(value);
  if (quoted === undefined) {
    quoted = JSON.stringify(value);
    if (quotes.size < MAX_QUOTES && value.length < 100) quotes.set(value, quoted);
  }
  return quoted;
}

const MAX_QUOTES = 10_000;
const quotes = new Map<string, string>();
