/**
 * Who wrote, saw, put in or took out a few values, in the whole of a history: what a sentence says of "nothing" and "only" is
 * looked up here, and not in the few operations that are shown.
 */
import { FAIL, OK, type History, type Value } from '../../../history/index.ts';
import { canonical, isList } from '../canonical.ts';

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
  const { mentions, whole } = marksOf(history, values, (): ElementMentions => ({ puts: [], failed: [], takes: [] }));
  const kinds = fs.map((name) => [words.put, words.take, words.remove].indexOf(name));
  for (const row of rows) {
    const kind = kinds[f[row]!]!;
    const mark = kind < 0 ? 0 : whole[kind === 1 ? output[row]! : input[row]!]!;
    if (mark === 0) continue;
    const { puts, failed, takes } = mentions.at(mark);
    const isFailed = outcome[row] === FAIL;
    if (kind === 0) (isFailed ? failed : puts).push(row);
    else if (kind === 1 ? outcome[row] === OK : !isFailed && history.values[output[row]!] !== false) takes.push(row);
  }
  return mentions.of;
}

/** One pass over `rows`, and over all values where there are cas; `values` should be a handful. */
export function mentionsOf(history: History, rows: Int32Array, values: readonly Value[]): (value: Value) => Mentions {
  const { f, fs, outcome, input, output } = history;
  const make = (): Mentions => ({ givers: [], failed: [], seen: false });
  const { mentions, whole, pairs } = marksOf(history, values, make);
  const kinds = fs.map((name) => ['read', 'write', 'cas'].indexOf(name));
  const { first: expected, second: next } = kinds.includes(2) ? pairs() : { first: whole, second: whole };
  for (const row of rows) {
    const kind = kinds[f[row]!];
    const seen = outcome[row] !== OK ? 0 : kind === 0 ? whole[output[row]!]! : kind === 2 ? expected[input[row]!]! : 0;
    if (seen > 0) mentions.at(seen).seen = true;
    const given = kind === 1 ? whole[input[row]!]! : kind === 2 ? next[input[row]!]! : 0;
    if (given === 0) continue;
    const { givers, failed } = mentions.at(given);
    (outcome[row] === FAIL ? failed : givers).push(row);
  }
  return mentions.of;
}

/** So many values are looked for one by one; more of them by looking at all. */
const FEW = 16;

/** Marks, by the id of a value, those that are wanted: numbers from 1, for which `mentions` holds what is known. */
function marksOf<M>({ values }: History, wanted: readonly Value[], make: () => M) {
  const numbers = new Map<string, number>();
  for (const value of wanted) if (!numbers.has(canonical(value))) numbers.set(canonical(value), numbers.size + 1);
  const made = Array.from(numbers, make);
  const isPlain = !wanted.some((value) => (typeof value === 'object' ? value !== null : typeof value === 'bigint'));
  const markOf = (value: Value | undefined) => numbers.get(canonical(value ?? null)) ?? 0;
  const column = () => (numbers.size < 256 ? new Uint8Array(values.length) : new Int32Array(values.length));
  const whole = column();
  if (isPlain && numbers.size <= FEW) {
    for (const value of wanted) {
      const id = values.indexOf(value);
      if (id >= 0) whole[id] = markOf(value);
    }
  } else for (let id = 0; id < values.length; id++) whole[id] = markOf(values[id]);
  /** The same for the two places of pairs. */
  const pairs = () => {
    const [first, second] = [column(), column()];
    // Comparing is quicker than making text, and nearly always all there is to do.
    const isWanted = (value: Value) => !isPlain || wanted.includes(value);
    for (let id = 0; id < values.length; id++) {
      const pair = values[id];
      if (typeof pair !== 'object' || !isList(pair) || pair.length !== 2) continue;
      const [a = null, b = null] = pair;
      if (isWanted(a)) first[id] = markOf(a);
      if (isWanted(b)) second[id] = markOf(b);
    }
    return { first, second };
  };
  return {
    whole,
    pairs,
    mentions: {
      at: (mark: number): M => made[mark - 1] ?? make(),
      of: (value: Value): M => made[markOf(value) - 1] ?? make(),
    },
  };
}
