/**
 * Who wrote, saw, put in or took out a few values, in the whole of a history: what a sentence says of "nothing" and "only" is
 * looked up here, and not in the few operations that are shown.
 */
import { FAIL, OK, type History, type Value } from '../../../history/index.ts';
import { canonical } from '../canonical.ts';

export interface Mentions {
  /** Rows of writes and cas that had this value to write, in order of invocation; those that failed apart. */
  readonly givers: number[];
  readonly failed: number[];
  /** Whether an ok read or cas ever saw it. */
  seen: boolean;
}

/** What became of an element; rows in order of invocation. */
export interface ElementMentions {
  readonly puts: number[];
  readonly failed: number[];
  /** What took it out, or may have: ok takes that returned it; removes that did not find it missing. */
  readonly takes: number[];
}

/** Names of operations: what puts in its input, takes out what it returns, or removes its input. */
export interface ElementWords {
  readonly put: string;
  readonly take?: string;
  readonly remove?: string;
}

/** One pass over `rows`; `values` should be a handful. */
export function elementMentionsOf(
  history: History,
  rows: Int32Array,
  values: readonly Value[],
  words: ElementWords,
): (value: Value) => ElementMentions {
  const { f, fs, outcome, input, output } = history;
  const ids = idsOf(history, values);
  const { at, marks } = marksOf(history, [...ids.values()], (): ElementMentions => ({
    puts: [],
    failed: [],
    takes: [],
  }));
  const kinds = fs.map((name) => [words.put, words.take, words.remove].indexOf(name));
  for (const row of rows) {
    const kind = kinds[f[row]!]!;
    const mark = kind < 0 ? 0 : marks[kind === 1 ? output[row]! : input[row]!]!;
    if (mark === 0) continue;
    const { puts, failed, takes } = at(mark);
    const isFailed = outcome[row] === FAIL;
    if (kind === 0) (isFailed ? failed : puts).push(row);
    else if (kind === 1 ? outcome[row] === OK : !isFailed && history.values[output[row]!] !== false) takes.push(row);
  }
  return (value) => at(marks[ids.get(canonical(value)) ?? -1] ?? 0);
}

/** By the id of a value, for the values with these ids: a handful. One pass over `rows`. */
export function mentionsOf(history: History, rows: Int32Array, ids: readonly number[]): (id: number) => Mentions {
  const { f, fs, outcome, input, output, first, second } = history;
  const { at, marks } = marksOf(history, ids, (): Mentions => ({ givers: [], failed: [], seen: false }));
  const kinds = fs.map((name) => ['read', 'write', 'cas'].indexOf(name));
  const markOf = (id: number) => (id < 0 ? 0 : marks[id]!);
  for (const row of rows) {
    const kind = kinds[f[row]!];
    const seen = outcome[row] !== OK ? 0 : kind === 0 ? markOf(output[row]!) : kind === 2 ? markOf(first[row]!) : 0;
    if (seen > 0) at(seen).seen = true;
    const given = kind === 1 ? markOf(input[row]!) : kind === 2 ? markOf(second[row]!) : 0;
    if (given > 0) (outcome[row] === FAIL ? at(given).failed : at(given).givers).push(row);
  }
  return (id) => at(marks[id] ?? 0);
}

/** Marks those that are wanted, from 1; `at` tells what is known of them. */
function marksOf<M>({ values }: History, ids: readonly number[], make: () => M) {
  const marks = ids.length < 256 ? new Uint8Array(values.length) : new Int32Array(values.length);
  ids.forEach((id, place) => (marks[id] = place + 1));
  const known = Array.from(ids, make);
  return { marks, at: (mark: number): M => known[mark - 1] ?? make() };
}

/** So many values are looked for one by one; more of them by looking at all. */
const FEW = 16;

/** Ids of values by their canonical text; those that the history does not mention are missing. */
function idsOf({ values }: History, wanted: readonly Value[]): ReadonlyMap<string, number> {
  const texts = new Set(wanted.map(canonical));
  const isPlain = wanted.every((value) => typeof value === 'number' || typeof value === 'string');
  const ids = new Map<string, number>();
  if (isPlain && texts.size <= FEW) {
    for (const value of wanted) {
      const id = values.indexOf(value);
      if (id >= 0) ids.set(canonical(value), id);
    }
    return ids;
  }
  values.forEach((value, id) => {
    const text = canonical(value);
    if (texts.has(text)) ids.set(text, id);
  });
  return ids;
}
