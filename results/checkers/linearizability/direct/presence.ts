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

/** Rows of one to three elements that were inside at some time in there: those that were longest. */
export function insideDuring(elements: Elements, begin: number, end: number): number[] {
  const { count, putter, taker, putEnd, takeBegin } = elements;
  const found: { element: number; span: number }[] = [];
  for (let element = 0; element < count; element++) {
    const span = Math.min(end, takeBegin[element]!) - Math.max(begin, putEnd[element]!);
    if (span > 0) found.push({ element, span });
  }
  found.sort((a, b) => b.span - a.span);
  const [longest] = found;
  const enough = longest?.span === end - begin ? found.slice(0, 1) : found.slice(0, 3);
  return enough.flatMap(({ element }) =>
    found.length > 1 && enough.length > 1 ? [putter[element]!] : rowsOf(putter[element]!, taker[element]!),
  );
}

/** The take, if there is one, and the put. */
export function rowsOf(putter: number, taker: number): number[] {
  return taker < 0 ? [putter] : [taker, putter];
}
