/** What sentences on registers are told from: the operations shown, and what the whole history says of their values. */
import { INFO, OK, type History, type Value } from '../../../history/index.ts';
import { canonical } from '../canonical.ts';
import type { Operation } from '../model.ts';
import type { Mentions } from './mentions.ts';
import { nodePhrase, processOf, valueText, whatHappened, whenPhrase } from './phrase.ts';

/** One operation with what it saw and what it wrote, as canonical texts. */
export interface Access extends Operation {
  readonly row: number;
  readonly invoke: number;
  readonly complete: number;
  readonly saw: string | undefined;
  readonly sawValue: Value;
  readonly wrote: string | undefined;
}

export interface Scene {
  readonly history: History;
  readonly accesses: readonly Access[];
  readonly initial: string;
  readonly mentions: (value: Value) => Mentions;
  /** Event index: what happened in the whole history up to it cannot be linearized. */
  readonly cut: number;
}

/** When it was over; Infinity if nobody knows. */
export function endOf({ outcome, complete }: History, row: number): number {
  return outcome[row] === INFO ? Infinity : (complete[row] ?? Infinity);
}

/** How often a value can have come into being before an event, the beginning included. */
export function timesWritten({ history, initial, mentions }: Scene, value: Value, before: number): number {
  const { givers } = mentions(value);
  const began = givers.filter((row) => (history.invoke[row] ?? 0) < before).length;
  return began + (canonical(value) === initial ? 1 : 0);
}

/** `process 6 read 4 from n2 at 38.412 s`; `process 6's cas [4,5] succeeded on n2 at 38.412 s`. */
export function saying(history: History, { row, f, input }: Access): string {
  if (f !== 'cas') return whatHappened(history, row);
  const where = nodePhrase(history, row, 'on');
  return `${processOf(history, row)}'s ${f} ${valueText(input)} succeeded${where} ${history.outcome[row] === OK ? whenPhrase(history, row) : ''}`.trimEnd();
}
