/**
 * The operations of a queue, a stack or a priority queue, paired by the element they put in and took out.
 *
 * Where every element is put in once, it is known which operation put in what another one took. What is left is a question
 * about intervals: an element is surely inside from the end of its put to the beginning of its take. Only ever narrowed
 * by what must hold anyway (nothing is taken before it was put), these intervals are all the methods of this folder need.
 *
 * A crashed put whose element was never seen is dropped, as is a crashed take that found such an element: leaving out an
 * element with both its operations changes no answer. A crashed take may have taken any element that nobody else took; those
 * are the `left` ones, and which of them it took, if any, is for each method to find out.
 */
import { FAIL, INFO, NEVER, OK } from '../../../history/index.ts';
import type { Subhistory } from '../subhistory.ts';
import { momentsOf } from './moments.ts';

export interface Elements {
  readonly count: number;
  /** Positions are below this. */
  readonly size: number;
  /** Ids of the elements' values. */
  readonly value: Int32Array;
  /** Rows; `taker` is -1 for an element that is left. */
  readonly putter: Int32Array;
  readonly taker: Int32Array;
  /** Positions; the take of one that is left begins and ends at NEVER. */
  readonly putBegin: Int32Array;
  readonly putEnd: Int32Array;
  readonly takeBegin: Int32Array;
  readonly takeEnd: Int32Array;
  /** Ok takes that found nothing: rows, and positions. */
  readonly empty: { readonly rows: number[]; readonly begin: number[]; readonly end: number[] };
  /** Crashed takes, in the order in which they begin. */
  readonly crashed: readonly CrashedTake[];
}

export interface CrashedTake {
  readonly row: number;
  readonly begin: number;
}

/** Rows that prove a violation. */
export type Witnesses = readonly number[];

/** Finds elements by value id: all 0 between two parts. */
export type ElementTable = Int32Array;

/** Elements, or rows of a violation that pairing alone shows; undefined if some element was put in twice. */
export function pairElements(
  part: Subhistory,
  put: string,
  take: string,
  table: ElementTable,
): Elements | Witnesses | undefined {
  const paired = pair(part, put, take, table);
  for (let element = 0; element < paired.count; element++) table[paired.value[element]!] = 0;
  if (!paired.suited) return undefined;
  return paired.takenTwice ?? tighten(paired) ?? paired;
}

type Pairs = { -readonly [name in keyof Elements]: Elements[name] } & { suited: boolean; takenTwice?: Witnesses };

function pair(part: Subhistory, put: string, take: string, table: ElementTable): Pairs {
  const { history, rows } = part;
  const { f, outcome, input, output, fs } = history;
  const kinds = Uint8Array.from(fs, (name) => (name === put ? 1 : name === take ? 2 : 0));
  const { size, begin, end } = momentsOf(part);
  const column = () => new Int32Array(rows.length);
  const pairs = {
    ...{ count: 0, size, suited: true, value: column(), putter: column(), taker: column() },
    ...{ putBegin: column(), putEnd: column(), takeBegin: column(), takeEnd: column() },
    ...{ empty: { rows: [] as number[], begin: [] as number[], end: [] as number[] }, crashed: [] as CrashedTake[] },
  };
  const { value, putter, taker, putBegin, putEnd, takeBegin, takeEnd, empty, crashed } = pairs;
  let takenTwice: Witnesses | undefined;
  let count = 0;
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!;
    const kind = kinds[f[row]!]!;
    const fate = outcome[row]!;
    if (fate === FAIL) continue;
    if (kind === 0) pairs.suited = false;
    else if (kind === 2 && fate === INFO) crashed.push({ row, begin: begin[place]! });
    else if (kind === 2 && output[row] === 0) {
      empty.rows.push(row);
      empty.begin.push(begin[place]!);
      empty.end.push(end[place]!);
    } else {
      const id = kind === 1 ? input[row]! : output[row]!;
      // Null is what a take of nothing returns: as an element it would be ambiguous.
      if (id === 0) pairs.suited = false;
      let element = table[id]! - 1;
      if (element < 0) {
        element = count++;
        table[id] = count;
        value[element] = id;
        putter[element] = -1;
        taker[element] = -1;
        takeBegin[element] = NEVER;
        takeEnd[element] = NEVER;
      }
      if (kind === 1) {
        if (putter[element]! >= 0) pairs.suited = false;
        putter[element] = row;
        putBegin[element] = begin[place]!;
        putEnd[element] = fate === INFO ? NEVER : end[place]!;
      } else {
        if (taker[element]! >= 0) takenTwice ??= [taker[element]!, row, element];
        taker[element] = row;
        takeBegin[element] = begin[place]!;
        takeEnd[element] = end[place]!;
      }
    }
  }
  pairs.count = count;
  if (!takenTwice) return pairs;
  const [first = 0, second = 0, element = 0] = takenTwice;
  return { ...pairs, takenTwice: [second, first, ...(putter[element]! >= 0 ? [putter[element]!] : [])] };
}

/** Drops crashed puts that nobody saw and narrows the others; rows of an element taken out of nowhere. */
function tighten(pairs: Pairs): Witnesses | undefined {
  const { value, putter, taker, putBegin, putEnd, takeBegin, takeEnd } = pairs;
  let kept = 0;
  for (let element = 0; element < pairs.count; element++) {
    if (putter[element]! < 0) return [taker[element]!];
    if (takeEnd[element]! < putBegin[element]!) return [taker[element]!, putter[element]!];
    if (taker[element]! < 0 && putEnd[element] === NEVER) continue;
    putEnd[kept] = Math.min(putEnd[element]!, takeEnd[element]!);
    takeBegin[kept] = Math.max(takeBegin[element]!, putBegin[element]!);
    if (kept++ === element) continue;
    value[kept - 1] = value[element]!;
    putter[kept - 1] = putter[element]!;
    taker[kept - 1] = taker[element]!;
    putBegin[kept - 1] = putBegin[element]!;
    takeEnd[kept - 1] = takeEnd[element]!;
  }
  pairs.count = kept;
  return undefined;
}

/**
 * The witnesses, and all crashed takes invoked by then if there is an element among them that one of these may have had: without
 * them it would be no proof.
 */
export function withCrashed(
  { history }: Subhistory,
  { crashed, taker, putter, count }: Elements,
  witnesses: Witnesses,
): Witnesses {
  if (crashed.length === 0) return witnesses;
  const named = new Set(witnesses);
  let left = false;
  for (let element = 0; element < count && !left; element++) left = taker[element]! < 0 && named.has(putter[element]!);
  if (!left) return witnesses;
  const cut = cutAt({ history }, witnesses);
  const early = crashed.filter(({ row }) => history.invoke[row]! < cut).map(({ row }) => row);
  return [...new Set([...witnesses, ...early])];
}

/** Event index up to which these rows are a violation: the last that any of them shows. */
export function cutAt({ history }: Pick<Subhistory, 'history'>, witnesses: Witnesses): number {
  return witnesses.reduce(
    (cut, row) => Math.max(cut, (history.outcome[row] === OK ? history.complete[row] : history.invoke[row]) ?? 0),
    -1,
  );
}
