/**
 * A history as the lines of a file that this or another tool reads: our JSONL, or Jepsen's EDN.
 *
 * Nothing is lost on the way: integers beyond 2^53 keep their digits in both. What a format cannot say is a `Problem`, and
 * thrown before the first line.
 */
import { Problem } from '../../problem.ts';
import { NEMESIS } from '../event.ts';
import type { History } from '../history.ts';
import { jsonLines } from '../jsonl.ts';
import { eventsOf } from '../operation.ts';
import { jepsenLine } from './jepsen.ts';

/** What can be written, by the name it is asked for. */
export const EXPORTS = ['jsonl', 'edn'] as const;
export type ExportFormat = (typeof EXPORTS)[number];

/** The lines of `history`, without line feeds, one an event. Throws a `Problem` if the format cannot say it. */
export function exportLines(history: History, format: ExportFormat): Iterable<string> {
  if (format === 'jsonl') return jsonLines(history);
  if (history.keys.length > 1) refuseMissingKeys(history);
  return jepsenLines(history);
}

function* jepsenLines(history: History): Generator<string> {
  let index = 0;
  for (const event of eventsOf(history)) yield jepsenLine(event, index++);
}

/** Where there are keys, Jepsen's values are tuples: all of them. */
function refuseMissingKeys(history: History): void {
  let index = 0;
  for (const { process, key } of eventsOf(history)) {
    if (process !== NEMESIS && key === undefined) {
      const remedy = 'Export it as JSONL, or give every operation a key.';
      throw new Problem(`event ${index} has no key where others have one: Jepsen has no form for that`, remedy);
    }
    index++;
  }
}
