/**
 * Which crashed pop had which of the elements that nobody is known to have popped.
 *
 * Some surely were popped: somebody below them was, or a pop found nothing later. That gives each a moment by which it was gone,
 * and of the crashed pops that began before, the latest is the best, as it leaves the others more. Beyond that it is guessed:
 * whenever the stack's method is stuck, an element that is left is given a pop, or one that has one gets an earlier one.
 */
import { NEVER } from '../../../history/index.ts';
import type { CrashedTake, Elements, Witnesses } from './elements.ts';
import { orderOf } from './moments.ts';
import { crashedTakes, insideDuring, surelyInside } from './presence.ts';

/** Which operations of an element were found to contain a bare moment. */
export const PUSH = 1;
export const POP = 2;
export const BOTH = 3;

/** When all are stuck: an element whose pop is to begin earlier than so far, if that may help. `found` by element. */
export type Relieve = (found: Uint8Array) => { readonly element: number; readonly popBegin: number } | undefined;

/**
 * Gives crashed pops to those of the elements that are left which surely had one: somebody below was popped, or a pop found
 * nothing later. Each had to be gone by a certain moment and gets the latest pop that began before; rows of a violation if
 * there is a pop that found nothing for which there can never have been enough.
 */
export function dealForced(elements: Elements): Elements | Witnesses {
  const { count, taker, putBegin, putEnd, takeBegin, empty, crashed } = elements;
  const takes = crashedTakes(elements);
  if (!takes) return elements;
  const inside = surelyInside(elements, false);
  const empties: number[] = [];
  for (let index = 0; index < empty.rows.length; index++) {
    let moment = empty.begin[index]!;
    const end = empty.end[index]!;
    while (moment < end && (inside[moment]! > 0 || takes.left[moment]! > takes.begun[moment]!)) moment++;
    if (moment === end) return [empty.rows[index]!, ...insideDuring(elements, empty.begin[index]!, end)];
    empties.push(moment);
  }
  empties.sort((a, b) => a - b);
  const outlived = deadlines(elements);
  const begin = takeBegin.slice(0, count);
  const unused = crashed.slice();
  for (let element = 0; element < count; element++) {
    if (taker[element]! >= 0) continue;
    const nextEmpty = empties[countBelow(empties, putEnd[element]!)] ?? NEVER;
    const goneBy = Math.min(outlived[element]!, nextEmpty);
    if (goneBy !== NEVER && unused.length > 0)
      begin[element] = Math.max(takeLatest(unused, goneBy), putBegin[element]!);
  }
  return { ...elements, takeBegin: begin, crashed: unused };
}

/** Takes out the latest that begins up to `by`, or else the first beyond, and says when it began; -1 if there is none. */
function takeLatest(takes: CrashedTake[], by: number): number {
  let index = takes.length - 1;
  while (index > 0 && takes[index]!.begin > by) index--;
  return takes.splice(index, 1)[0]?.begin ?? -1;
}

function giveBack(takes: CrashedTake[], begin: number): void {
  const place = countBelow(
    takes.map((take) => take.begin),
    begin,
  );
  takes.splice(place, 0, { row: -1, begin });
}

/** By element that is left: the earliest end of a pop of somebody who surely was below it; NEVER if there is nobody. */
function deadlines({ count, size, taker, putBegin, putEnd, takeBegin, takeEnd }: Elements): Int32Array {
  // Sweeps over time; whoever was pushed by then stands at the begin of its pop. A Fenwick tree of minima, from the right.
  const least = new Int32Array(size + 2).fill(NEVER);
  const byPush = orderOf(putEnd.subarray(0, count));
  const result = new Int32Array(count).fill(NEVER);
  const left = Array.from(byPush).filter((element) => taker[element]! < 0);
  left.sort((a, b) => putBegin[a]! - putBegin[b]!);
  let next = 0;
  for (const element of left) {
    for (; next < count && putEnd[byPush[next]!]! <= putBegin[element]!; next++) {
      const below = byPush[next]!;
      if (taker[below]! < 0) continue;
      for (let at = takeBegin[below]! + 1; at > 0; at -= at & -at) least[at] = Math.min(least[at]!, takeEnd[below]!);
    }
    for (let at = putEnd[element]! + 1; at <= size; at += at & -at)
      result[element] = Math.min(result[element]!, least[at]!);
  }
  return result;
}

/** Each crashed pop for one element at a time. Bounded: a pop is only ever exchanged for an earlier one. */
export function guessing(elements: Elements): Relieve {
  const { takeBegin, crashed } = elements;
  const unused = crashed.slice();
  const popBegin = takeBegin.slice();
  const stuck = stuckLeft(elements);
  return (found) => {
    for (const element of stuck(found)) {
      const former = popBegin[element]!;
      const by = former === NEVER ? outlivedNow(elements, found, element) : former - 1;
      if (unused.length === 0 || (former !== NEVER && unused[0]!.begin > by)) continue;
      popBegin[element] = takeLatest(unused, by);
      if (former !== NEVER) giveBack(unused, former);
      return { element, popBegin: popBegin[element] };
    }
    return undefined;
  };
}

/** As if each of them had begun with the earliest: whoever is stuck then must have been popped, while there are pops enough. */
export function atMost(elements: Elements, earliest: number): Relieve {
  let uses = elements.crashed.length;
  const relieved = new Set<number>();
  const stuck = stuckLeft(elements);
  return (found) => {
    for (const element of stuck(found)) {
      if (relieved.has(element)) continue;
      relieved.add(element);
      return uses-- > 0 ? { element, popBegin: earliest } : undefined;
    }
    return undefined;
  };
}

/** Elements that are left and stuck, in order of the end of their push. */
function stuckLeft({ count, taker, putEnd }: Elements): (found: Uint8Array) => Generator<number> {
  const left: number[] = [];
  for (let element = 0; element < count; element++) if (taker[element]! < 0) left.push(element);
  left.sort((a, b) => putEnd[a]! - putEnd[b]!);
  let first = 0;
  return function* (found) {
    while (first < left.length && found[left[first]!] === BOTH) first++;
    for (let index = first; index < left.length; index++) if (found[left[index]!] !== BOTH) yield left[index]!;
  };
}

/** When somebody right below was popped for certain, as far as that can be told; NEVER if it cannot. */
function outlivedNow({ putEnd, takeBegin, takeEnd }: Elements, found: Uint8Array, above: number): number {
  for (let below = above - 1; below >= 0; below--) {
    if (found[below] === BOTH || takeEnd[below] === NEVER) continue;
    if (putEnd[below]! <= putEnd[above]! && takeBegin[below]! >= putEnd[above]!) return takeEnd[below]!;
  }
  return NEVER;
}

/** How many of these sorted positions are below one. */
function countBelow(positions: readonly number[], position: number): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle]! < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
