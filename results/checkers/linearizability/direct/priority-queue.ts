/**
 * A priority queue whose elements are all different: decided in n log n, nearly all of it sorting.
 *
 * Lee and Mathur, "Efficient Decrease-and-Conquer Linearizability Monitoring", OOPSLA 2025. Whoever is polled must be the
 * largest inside; smaller ones do not matter to it. So from the largest down: an element is best polled at the first moment of
 * its poll at which no larger one is surely inside (from the end of its insert to the begin of its poll; if it is polled
 * later than that, then only because larger ones were inside for longer). If there is no such moment, the history is not
 * linearizable. A poll that found nothing comes last: everybody is larger. Coverage only ever grows, so the first moment that is
 * not covered is found by union-find (Gabow and Tarjan 1985).
 *
 * An element that is left covers all that follows its insert, unless a crashed poll had it. If nobody minds them, the
 * history is linearizable; if somebody does even when every one of them is polled by the earliest crashed poll, it is not.
 * In between, crashed polls are dealt to them in order of the moments by which they had to be gone, and the answer is
 * accepted only if it is linearizable then.
 */
import { NEVER, type History } from '../../../history/index.ts';
import type { Elements, Witnesses } from './elements.ts';
import { descending } from './descending.ts';
import { coverOf, rowsOf } from './presence.ts';

/** Rows of a violation; undefined if it is linearizable; `unsure` where crashed polls leave it open, or order does. */
export function judgePriorityQueue(history: History, elements: Elements): Witnesses | undefined | 'unsure' {
  const order = descending(history, elements);
  if (!order) return 'unsure';
  const { crashed, count, takeBegin, putBegin, taker } = elements;
  const strict = place(elements, order);
  if (!('witnesses' in strict)) return undefined;
  const earliest = crashed[0]?.begin;
  if (earliest === undefined) return strict.witnesses;
  const generousBegin = takeBegin.slice(0, count);
  for (let element = 0; element < count; element++) {
    if (taker[element]! < 0) generousBegin[element] = Math.max(earliest, putBegin[element]!);
  }
  const generous = place({ ...elements, takeBegin: generousBegin }, order);
  if ('witnesses' in generous) return generous.witnesses;
  const dealt = deal(elements, order, generous.polledAt);
  return dealt && !('witnesses' in place(dealt, order)) ? undefined : 'unsure';
}

/** The moment at which each element is polled, or rows of a violation. */
type Placed = { readonly polledAt: Int32Array } | { readonly witnesses: Witnesses };

function place(elements: Elements, order: Int32Array): Placed {
  const { count, size, taker, putEnd, takeBegin, takeEnd, empty } = elements;
  const free = freeMoments(size);
  const polledAt = new Int32Array(count).fill(NEVER);
  for (const element of order) {
    const earliest = takeBegin[element]!;
    if (earliest !== NEVER) {
      const polled = free.from(earliest);
      polledAt[element] = polled;
      if (taker[element]! >= 0 && polled >= takeEnd[element]!)
        return { witnesses: overtaken(elements, order, element) };
    }
    free.cover(putEnd[element]!, Math.min(earliest, size));
  }
  for (let index = 0; index < empty.rows.length; index++) {
    const [begin, end] = [empty.begin[index]!, empty.end[index]!];
    if (free.from(begin) < end) continue;
    return { witnesses: [empty.rows[index]!, ...largerInside(elements, order, count, begin, end)] };
  }
  return { polledAt };
}

interface FreeMoments {
  /** The first free moment from here on; `size` if there is none. */
  from(moment: number): number;
  /** Covers the moments from `from` up to and excluding `until`. */
  cover(from: number, until: number): void;
}

function freeMoments(size: number): FreeMoments {
  const next = new Int32Array(size + 1);
  for (let moment = 0; moment <= size; moment++) next[moment] = moment;
  const find = (from: number): number => {
    let moment = from;
    while (next[moment] !== moment) {
      next[moment] = next[next[moment]!]!;
      moment = next[moment]!;
    }
    return moment;
  };
  return {
    from: (moment) => find(Math.min(moment, size)),
    cover(from, until) {
      for (let moment = find(Math.min(from, size)); moment < until; moment = find(moment + 1)) next[moment] = until;
    },
  };
}

/** Rows: the poll and the insert of one that could not be the largest, and of larger ones that were inside. */
function overtaken(elements: Elements, order: Int32Array, element: number): Witnesses {
  const { putter, taker, takeBegin, takeEnd } = elements;
  const larger = largerInside(elements, order, order.indexOf(element), takeBegin[element]!, takeEnd[element]!);
  return [taker[element]!, putter[element]!, ...larger];
}

/** Rows of elements before place `last` of the order, one of which was inside at any time from `begin` to `end`. */
function largerInside(elements: Elements, order: Int32Array, last: number, begin: number, end: number): number[] {
  const { count, putter, taker, putEnd, takeBegin } = elements;
  const isLarger = new Uint8Array(count);
  for (let place = 0; place < last; place++) isLarger[order[place]!] = 1;
  const counts = (element: number) => isLarger[element] === 1;
  const cover = coverOf(elements, { from: putEnd, until: takeBegin, counts }, begin, end);
  return cover.elements.flatMap((element) => rowsOf(putter[element]!, taker[element]!));
}

/**
 * Gives crashed polls to the elements that were in somebody's way: whoever had to be gone first gets the earliest. Undefined if
 * there are not enough of them. `polledAt` is when the others were polled where nobody minded those that are left.
 */
function deal(elements: Elements, order: Int32Array, polledAt: Int32Array): Elements | undefined {
  const { count, size, taker, putEnd, putBegin, takeBegin, crashed, empty } = elements;
  // Polls of smaller elements by moment: as elements are passed from the largest down, each takes its own away.
  const polls = new Int32Array(size + 1);
  const later = freeMoments(size);
  for (let element = 0; element < count; element++) if (taker[element]! >= 0) polls[polledAt[element]!]!++;
  for (const begin of empty.begin) polls[begin]!++;
  for (let moment = 0; moment < size; moment++) if (polls[moment] === 0) later.cover(moment, moment + 1);
  const forced: { element: number; by: number }[] = [];
  for (const element of order) {
    if (taker[element]! < 0) {
      const by = later.from(putEnd[element]!);
      if (by < size) forced.push({ element, by });
    } else if (--polls[polledAt[element]!]! === 0) later.cover(polledAt[element]!, polledAt[element]! + 1);
  }
  forced.sort((a, b) => a.by - b.by);
  if (forced.length > crashed.length) return undefined;
  const begin = takeBegin.slice(0, count);
  for (const [index, { element }] of forced.entries())
    begin[element] = Math.max(crashed[index]!.begin, putBegin[element]!);
  return { ...elements, takeBegin: begin };
}
