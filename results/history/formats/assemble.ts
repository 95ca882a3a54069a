/**
 * The last step of every importer that holds its file in memory: events with their places into a history, or an error that
 * names the line.
 */
import { HistoryBuilder } from '../builder.ts';
import type { History } from '../history.ts';
import { Malformed, malformedBytes } from '../malformed.ts';
import { type KeyedOptions, type PlacedEvent, splitKeys } from './keyed.ts';

/** `parse` gives the events in order, or throws `Malformed`. */
export function assemble(
  file: string,
  bytes: Uint8Array,
  parse: () => Iterable<PlacedEvent>,
  options: KeyedOptions,
): History {
  let events: readonly PlacedEvent[];
  try {
    events = splitKeys(Array.from(parse()), options);
  } catch (error) {
    if (error instanceof Malformed) throw malformedBytes(file, bytes, error);
    throw error;
  }
  const builder = new HistoryBuilder({ file, expected: events.length / 2 });
  let line = 1;
  let counted = 0;
  for (const { event, at } of events) {
    for (let i = bytes.indexOf(10, counted); i >= 0 && i < at; i = bytes.indexOf(10, counted)) {
      line++;
      counted = i + 1;
    }
    // The builder counts events; here a line may hold several, or none.
    builder.line = line - 1;
    builder.add(event);
  }
  return builder.finish();
}
