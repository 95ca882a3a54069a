/** When elements were surely inside, and how many crashed takes there were to take those that are left. */
import type { Elements } from './elements.ts';

/** By position: left elements that were surely in, and crashed takes that had begun; both including that position. */
export interface CrashedTakes {
  readonly left: Int32Array;
  readonly begun: Int32Array;
}

/** Undefined where no take crashed. */
export function crashedTakes({ count, size, taker, putEnd, crashed }: Elements): CrashedTakes | undefined {
  if (crashed.length === 0) return undefined;
  const left = new Int32Array(size);
  const begun = new Int32Array(size);
  for (let element = 0; element < count; element++) if (taker[element]! < 0) left[putEnd[element]!]!++;
  for (const { begin } of crashed) begun[begin]!++;
  for (let position = 1; position < size; position++) {
    left[position]! += left[position - 1]!;
    begun[position]! += begun[position - 1]!;
  }
  return { left, begun };
}

/** By position p: how many elements were surely inside between the events p and p + 1. */
export function surelyInside({ count, size, taker, putEnd, takeBegin }: Elements, withLeft: boolean): Int32Array {
  const inside = new Int32Array(size);
  for (let element = 0; element < count; element++) {
    const [from, until] = [putEnd[element]!, takeBegin[element]!];
    if (from >= until || (!withLeft && taker[element]! < 0)) continue;
    inside[from]!++;
    if (until < size) inside[until]!--;
  }
  for (let position = 1; position < size; position++) inside[position]! += inside[position - 1]!;
  return inside;
}

/** From when until when each element was inside, as far as is known; `until` may lie past the end. */
export interface Presence {
  readonly from: Int32Array;
  readonly until: Int32Array;
  /** Whether it counts. */
  readonly counts: (element: number) => boolean;
}

/** As few elements as it takes to have one of them inside from `begin` to `end`; where none was, the gap is left. */
export function coverOf({ count }: Elements, { from, until, counts }: Presence, begin: number, end: number) {
  const elements: number[] = [];
  let complete = true;
  for (let at = begin; at < end;) {
    let [reach, best, nextStart] = [at, -1, end];
    for (let element = 0; element < count; element++) {
      if (from[element]! >= until[element]! || until[element]! <= at || !counts(element)) continue;
      if (from[element]! > at) nextStart = Math.min(nextStart, from[element]!);
      else if (until[element]! > reach) [reach, best] = [until[element]!, element];
    }
    if (best >= 0) elements.push(best);
    else complete = false;
    at = best >= 0 ? reach : nextStart;
  }
  return { elements, complete };
}

/**
 * Rows of elements that were inside all the while: one after the other, and where there was none for certain, more that are left
 * than crashed takes can have had.
 */
export function insideDuring(elements: Elements, begin: number, end: number): number[] {
  const { count, putter, taker, putEnd, takeBegin, crashed } = elements;
  const counts = (element: number) => taker[element]! >= 0 || crashed.length === 0;
  const cover = coverOf(elements, { from: putEnd, until: takeBegin, counts }, begin, end);
  const left: number[] = [];
  for (let element = 0; element < count && !cover.complete; element++) {
    if (taker[element]! < 0 && putEnd[element]! < end) left.push(element);
  }
  left.sort((a, b) => putEnd[a]! - putEnd[b]!);
  const enough = left.slice(0, 1 + crashed.filter((take) => take.begin < end).length);
  return [...cover.elements, ...enough].flatMap((element) => rowsOf(putter[element]!, taker[element]!));
}

/** The take, if there is one, and the put. */
export function rowsOf(putter: number, taker: number): number[] {
  return taker < 0 ? [putter] : [taker, putter];
}
