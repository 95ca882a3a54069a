/**
 * Rows of a history as plain objects, for explanations and reports: never for hot loops.
 */
import type { EventType, HistoryEvent, Value } from './event.ts';
import { type History, NEVER } from './history.ts';

export interface Operation {
  readonly row: number;
  readonly process: number;
  readonly f: string;
  readonly key?: Value;
  readonly input: Value;
  /** What the completion said; null where there is none. */
  readonly output: Value;
  readonly outcome: 'ok' | 'fail' | 'info';
  readonly node?: string;
  readonly error?: string;
  /** Event index of the invocation. */
  readonly invoke: number;
  /** Event index of the completion; null if none was recorded. */
  readonly complete: number | null;
  readonly invokeNs: number;
  readonly completeNs: number | null;
}

const OUTCOMES = ['ok', 'fail', 'info'] as const;

export function operationAt(history: History, row: number): Operation {
  if (row < 0 || row >= history.count) throw new RangeError(`no row ${row} in a history of ${history.count}`);
  const completed = history.complete[row] !== NEVER;
  return {
    row,
    process: history.process[row]!,
    f: history.fs[history.f[row]!]!,
    ...fieldsOf(history, row),
    input: history.values[history.input[row]!]!,
    output: history.values[history.output[row]!]!,
    outcome: OUTCOMES[history.outcome[row]!]!,
    ...errorOf(history, row),
    invoke: history.invoke[row]!,
    complete: completed ? history.complete[row]! : null,
    invokeNs: history.invokeNs[row]!,
    completeNs: completed ? history.completeNs[row]! : null,
  };
}

/** The row whose invocation is that event; -1 if the event is something else. Binary search. */
export function rowOfInvoke(history: History, eventIndex: number): number {
  const { invoke } = history;
  let low = 0;
  let high = history.count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = invoke[middle]!;
    if (found === eventIndex) return middle;
    if (found < eventIndex) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The row that an event belongs to, be it invocation or completion; -1 for the nemesis' events and beyond the end. */
export function rowOfEvent(history: History, eventIndex: number): number {
  const ref = timeline(history)[eventIndex] ?? 0;
  return ref === 0 ? -1 : Math.abs(ref) - 1;
}

/** The event at a position, as it was recorded. */
export function eventAt(history: History, eventIndex: number): HistoryEvent {
  const ref = timeline(history)[eventIndex];
  if (ref === undefined) throw new RangeError(`no event ${eventIndex} in a history of ${history.events}`);
  if (ref > 0) return invocationOf(history, ref - 1);
  if (ref < 0) return completionOf(history, -ref - 1);
  return nemesisAt(history, eventIndex);
}

/** All events in order. */
export function* eventsOf(history: History): Generator<HistoryEvent> {
  for (let i = 0; i < history.events; i++) yield eventAt(history, i);
}

function invocationOf(history: History, row: number): HistoryEvent {
  return {
    process: history.process[row]!,
    type: 'invoke',
    f: history.fs[history.f[row]!]!,
    ...fieldsOf(history, row),
    value: history.values[history.input[row]!]!,
    timeNs: history.invokeNs[row]!,
    // An error without a completion can only have stood in the invocation.
    ...(history.complete[row] === NEVER ? errorOf(history, row) : {}),
  };
}

function completionOf(history: History, row: number): HistoryEvent {
  return {
    process: history.process[row]!,
    type: OUTCOMES[history.outcome[row]!]! satisfies EventType,
    f: history.fs[history.f[row]!]!,
    ...fieldsOf(history, row),
    value: history.values[history.output[row]!]!,
    timeNs: history.completeNs[row]!,
    ...errorOf(history, row),
  };
}

function fieldsOf(history: History, row: number): { key?: Value; node?: string } {
  const key = history.keys[history.key[row]!];
  const node = history.nodes[history.node[row]!];
  return { ...(key === undefined ? {} : { key }), ...(node === undefined ? {} : { node }) };
}

function errorOf(history: History, row: number): { error?: string } {
  const error = history.errors[history.error[row]!];
  return error === undefined ? {} : { error };
}

function nemesisAt({ nemesis }: History, eventIndex: number): HistoryEvent {
  let low = 0;
  for (let high = nemesis.length; low < high;) {
    const middle = (low + high) >>> 1;
    if (nemesis[middle]!.index < eventIndex) low = middle + 1;
    else high = middle;
  }
  const { index, ...event } = nemesis[low]!;
  if (index !== eventIndex) throw new Error(`event ${eventIndex} is of no operation, and not of the nemesis either`);
  return event;
}

/** For each event: row + 1 of the operation it invokes, -(row + 1) of the one it completes, 0 for the nemesis. */
function timeline(history: History): Int32Array {
  let refs = timelines.get(history);
  if (refs === undefined) {
    refs = new Int32Array(history.events);
    for (let row = 0; row < history.count; row++) {
      refs[history.invoke[row]!] = row + 1;
      const complete = history.complete[row]!;
      if (complete !== NEVER) refs[complete] = -(row + 1);
    }
    timelines.set(history, refs);
  }
  return refs;
}

const timelines = new WeakMap<History, Int32Array>();
