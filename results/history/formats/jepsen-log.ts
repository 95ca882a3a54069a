/**
 * Jepsen's logs, one line an event among other lines: `INFO  jepsen.util - 2	:invoke	:write	4`, in newer ones
 * `INFO [jepsen worker 2] jepsen.util: 2	:invoke	:write	4`; and its history.txt, which has only what follows.
 *
 * They have no times, so an event's time is its position. A completion that is not ok may hold its error in place of its
 * value (`:info :write :timed-out`), or after it.
 */
import { type EventType, type HistoryEvent, NEMESIS } from '../event.ts';
import type { History } from '../history.ts';
import { Malformed } from '../malformed.ts';
import { assemble } from './assemble.ts';
import { parseEdnForms } from './edn.ts';
import { ednFormText, EdnValues } from './edn-values.ts';
import type { KeyedOptions, PlacedEvent } from './keyed.ts';

/** What every line of an operation has, wherever the log's own prefix ends. */
const OPERATION = /(?:^|jepsen\.\w+(?:\s+-|:)\s+)(\d+|:\w+)\s+:(invoke|ok|fail|info)\s+:([^\s]+)\s*/;
const SUSPECT = /(?:^|jepsen\.util(?:\s+-|:)\s+)(?:\d+|:nemesis)\s+:\w|jepsen\.util(?:\s+-|:)\s+(?:\d|:nemesis)/;

/** Reads such a log. Throws a `Problem` naming file and line. */
export function parseJepsenLog(file: string, bytes: Uint8Array, options: KeyedOptions = {}): History {
  return assemble(file, bytes, () => logEvents(bytes), options);
}

function* logEvents(bytes: Uint8Array): Generator<PlacedEvent> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new EdnValues();
  let index = 0;
  for (let at = 0; at < bytes.length;) {
    const lineEnd = text.indexOf(10, at);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    const event = eventOf(text, at, end, values, index);
    if (values.ambiguity !== undefined)
      throw new Malformed(at, `values that can be told apart, but ${values.ambiguity}`);
    if (event !== undefined) {
      yield { event, at };
      index++;
    }
    at = end + 1;
  }
}

/** Nothing for a line about something else. */
function eventOf(text: Buffer, at: number, end: number, values: EdnValues, index: number): HistoryEvent | undefined {
  const line = text.toString('latin1', at, end);
  const match = OPERATION.exec(line);
  if (match === null) {
    if (SUSPECT.test(line)) throw new Malformed(at, 'process, type, function and value, as in `2 :invoke :write 4`');
    return undefined;
  }
  const [head, process = '', type, f = ''] = match;
  const [value = null, error] = parseEdnForms(text, at + match.index + head.length, end);
  const isError = type !== 'invoke' && type !== 'ok' && typeof value === 'object' && value !== null && 'name' in value;
  const shown = isError ? value : error;
  const isNemesis = process.startsWith(':');
  return {
    process: isNemesis ? NEMESIS : Number(process),
    type: type as EventType,
    f,
    value: isError ? null : (isNemesis ? new EdnValues() : values).value(value),
    timeNs: index,
    ...(shown === undefined || shown === null ? {} : { error: typeof shown === 'string' ? shown : ednFormText(shown) }),
  };
}
