/**
 * Jepsen's history.edn, and its relatives: maps one after another or in one vector, with `:process`, `:type`, `:f`, `:value`
 * and perhaps `:time`, `:error`, `:node`; Porcupine's key-value files, which add `:key`; Knossos' and Elle's examples.
 */
import { type EventType, type HistoryEvent, NEMESIS } from '../event.ts';
import type { History } from '../history.ts';
import { Malformed } from '../malformed.ts';
import { assemble } from './assemble.ts';
import { type Edn, parseEdnElements } from './edn.ts';
import { ednFormText, ednName, ednText, EdnValues } from './edn-values.ts';
import type { KeyedOptions, PlacedEvent } from './keyed.ts';

/** Reads the text of a history.edn. Throws a `Problem` naming file and line. */
export function parseJepsen(file: string, bytes: Uint8Array, options: KeyedOptions = {}): History {
  return assemble(file, bytes, () => jepsenEvents(bytes), options);
}

/** An event as Jepsen would write it, one map; its key and value become a tuple. */
export function jepsenLine(event: HistoryEvent, index: number): string {
  const process = event.process === NEMESIS ? ':nemesis' : String(event.process);
  const value = event.key === undefined ? event.value : [event.key, event.value];
  const error = event.error === undefined ? '' : `, :error ${ednText(event.error)}`;
  const node = event.node === undefined ? '' : `, :node ${ednText(event.node)}`;
  const time = `:time ${ednText(event.timeNs)}`;
  return `{:process ${process}, :type :${event.type}, :f ${ednName(event.f)}, :value ${ednText(value)}, ${time}, :index ${index}${node}${error}}`;
}

function* jepsenEvents(bytes: Uint8Array): Generator<PlacedEvent> {
  // Of the clients only: no verdict rests on what a nemesis says.
  const values = new EdnValues();
  let index = 0;
  for (const { form, at } of parseEdnElements(bytes)) {
    const event = eventOf(form, at, values, index++);
    if (values.ambiguity !== undefined)
      throw new Malformed(at, `values that can be told apart, but ${values.ambiguity}`);
    yield { event, at };
  }
}

function eventOf(form: Edn, at: number, values: EdnValues, index: number): HistoryEvent {
  if (typeof form !== 'object' || form === null || !('kind' in form) || form.kind !== 'map') {
    throw new Malformed(at, 'a map with :process, :type, :f and :value');
  }
  const fields = new Map<string, Edn>();
  for (const [key, value] of form.entries) fields.set(nameOf(key) ?? '', value);
  const key = fields.get('key');
  const node = nameOf(fields.get('node') ?? null);
  const error = fields.get('error') ?? null;
  const process = processOf(fields.get('process'), at);
  return {
    process,
    type: typeOf(fields.get('type'), at),
    f: functionOf(fields, at),
    ...(key === undefined ? {} : { key: values.value(key) }),
    value: (process === NEMESIS ? new EdnValues() : values).value(fields.get('value') ?? null),
    timeNs: timeOf(fields.get('time'), at, index),
    ...(node === undefined ? {} : { node }),
    ...(error === null ? {} : { error: typeof error === 'string' ? error : ednFormText(error) }),
  };
}

function processOf(process: Edn | undefined, at: number): HistoryEvent['process'] {
  if (typeof process === 'number') return process;
  // Jepsen: what is no number is a nemesis.
  if (process !== undefined && nameOf(process) !== undefined) return NEMESIS;
  throw new Malformed(at, ':process with a number or :nemesis');
}

function typeOf(type: Edn | undefined, at: number): EventType {
  const name = nameOf(type ?? null);
  if (name === 'invoke' || name === 'ok' || name === 'fail' || name === 'info') return name;
  throw new Malformed(at, ':type with :invoke, :ok, :fail or :info');
}

/** Elle's examples leave `:f` out where all operations are transactions. */
function functionOf(fields: ReadonlyMap<string, Edn>, at: number): string {
  const f = fields.get('f');
  if (f === undefined) return 'txn';
  const name = nameOf(f);
  if (name === undefined) throw new Malformed(at, ':f with a keyword');
  return name;
}

function timeOf(time: Edn | undefined, at: number, index: number): number {
  if (time === undefined || time === null) return index;
  if (typeof time === 'number') return time;
  throw new Malformed(at, ':time with nanoseconds below 2^53');
}

function nameOf(edn: Edn): string | undefined {
  if (typeof edn === 'string') return edn;
  return typeof edn === 'object' && edn !== null && 'name' in edn ? edn.name : undefined;
}
