/**
 * A stack whose elements are all different: decided in n log n.
 *
 * Lee and Mathur, "Efficient Decrease-and-Conquer Linearizability Monitoring", OOPSLA 2025. An element surely covers the
 * moments from the end of its push to the beginning of its pop. At a moment that nothing covers, the stack may be empty:
 * whoever was on it then could be popped just before, or pushed just after. So an element whose push and whose pop each
 * contain such a moment can be at the bottom between them, and taking it away changes no answer; but the rest may now be bare
 * where it was. In a linearizable history there always is one, the bottommost of all; if there is none, it is not
 * linearizable. A pop that found nothing needs a moment that is bare from the beginning.
 *
 * An element that is left is popped at the end of time, unless a crashed pop had it. When all are stuck, the left one that was
 * in first must have been: whatever covers its push can be no left one, so it lies below and is popped. Which crashed pop had
 * it is guessed; so with crashed pops `linearizable` is certain, and a violation is if it stands even where all of them
 * were invoked as early as the first.
 */
import { NEVER } from '../../../history/index.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import type { Elements, Witnesses } from './elements.ts';
import { crashedTakes, insideDuring, surelyInside } from './presence.ts';
import { stabbingOf } from './stabbing.ts';

/** Rows of a violation; undefined if it is linearizable; `unsure` where crashed pops leave it open. */
export function judgeStack(elements: Elements): Witnesses | undefined | 'unsure' {
  const { crashed } = elements;
  const cleared = clearForEmpty(elements);
  if (!('count' in cleared)) return cleared;
  const guessed = findFullEmpty(cleared) ?? reduce(cleared, guessing(cleared.crashed));
  const [earliest] = crashed;
  if (guessed === undefined || earliest === undefined) return guessed;
  return reduce(elements, atMost(crashed.length, earliest)) ?? 'unsure';
}

/**
 * Gives crashed pops to the elements that are left and in the way of pops that found nothing, at the first moment at which
 * there are enough of them; rows of a violation if there never are.
 */
function clearForEmpty(elements: Elements): Elements | Witnesses {
  const { count, putEnd, putBegin, takeBegin, empty, crashed } = elements;
  const takes = crashedTakes(elements);
  if (!takes || empty.rows.length === 0) return elements;
  const inside = surelyInside(elements, false);
  const moments: number[] = [];
  for (let index = 0; index < empty.rows.length; index++) {
    let moment = empty.begin[index]!;
    const end = empty.end[index]!;
    while (moment < end && (inside[moment]! > 0 || takes.left[moment]! > takes.begun[moment]!)) moment++;
    if (moment === end) return [empty.rows[index]!, ...insideDuring(elements, empty.begin[index]!, end)];
    moments.push(moment);
  }
  const begin = takeBegin.slice(0, count);
  const unused = [...crashed];
  let next = 0;
  const left = leftByPush(elements);
  for (const moment of moments.sort((a, b) => a - b)) {
    for (; next < left.length && putEnd[left[next]!]! <= moment; next++) {
      const popped = takeLatest(unused, moment);
      begin[left[next]!] = Math.max(popped, putBegin[left[next]!]!);
    }
  }
  return { ...elements, takeBegin: begin, crashed: unused };
}

/** Elements that are left, in order of the end of their push. */
function leftByPush({ count, taker, takeBegin, putEnd }: Elements): number[] {
  const left: number[] = [];
  for (let element = 0; element < count; element++) {
    if (taker[element]! < 0 && takeBegin[element] === NEVER) left.push(element);
  }
  return left.sort((a, b) => putEnd[a]! - putEnd[b]!);
}

/** Takes out the latest position up to `by`, or else the first beyond; -1 if there is none. */
function takeLatest(positions: number[], by: number): number {
  let index = positions.length - 1;
  while (index > 0 && positions[index]! > by) index--;
  return positions.splice(index, 1)[0] ?? -1;
}

/** Tells when the crashed pop began that is to have an element, given a moment by which that would help; -1 if none is left. */
type Assign = (helpfulBy: number) => number;

/** Each crashed pop once: the latest that helps, or else the first that does not. */
function guessing(crashed: readonly number[]): Assign {
  const unused = [...crashed];
  return (helpfulBy) => takeLatest(unused, helpfulBy);
}

/** As if all of them had begun with the earliest. */
function atMost(uses: number, earliest: number): Assign {
  let used = 0;
  return () => (used++ < uses ? earliest : -1);
}

/** Rows: a pop that found nothing, and elements that were surely on the stack all the while. */
function findFullEmpty(elements: Elements): Witnesses | undefined {
  const { empty } = elements;
  if (empty.rows.length === 0) return undefined;
  const inside = surelyInside(elements, true);
  for (let index = 0; index < empty.rows.length; index++) {
    const [begin, end] = [empty.begin[index]!, empty.end[index]!];
    if (inside.subarray(begin, end).includes(0)) continue;
    return [empty.rows[index]!, ...insideDuring(elements, begin, end)];
  }
  return undefined;
}

/** Takes away element after element. Rows of some that cannot be; undefined if all can. */
function reduce(elements: Elements, assign: Assign): Witnesses | undefined {
  const { count, putBegin, putEnd, takeBegin, takeEnd } = elements;
  const line = segmentsOf(elements);
  const { coverage, segments } = line;
  const segmentOf = (position: number) => line.segmentOf(position);
  // Interval 2e is the push of e, 2e + 1 its pop. An operation may happen from its begin until just before its end.
  const from = new Int32Array(2 * count);
  const to = new Int32Array(2 * count);
  for (let element = 0; element < count; element++) {
    from[2 * element] = segmentOf(putBegin[element]!);
    to[2 * element] = segmentOf(putEnd[element]! - 1);
    from[2 * element + 1] = segmentOf(takeBegin[element]!);
    to[2 * element + 1] = segmentOf(takeEnd[element]! - 1);
  }
  const stabbing = stabbingOf(from, to, 2 * count, segments);
  const found = new Uint8Array(count);
  const uncover = (element: number) => coverage.add(to[2 * element]! + 1, from[2 * element + 1]!, -1);
  let gone = 0;
  const mark = (interval: number) => {
    const element = interval >>> 1;
    if (++found[element]! < 2) return;
    gone++;
    uncover(element);
  };
  const left = leftByPush(elements);
  let next = 0;
  while (gone < count) {
    const bare = coverage.nextBare();
    if (bare >= 0) {
      stabbing.takeAt(bare, mark);
      continue;
    }
    while (next < left.length && found[left[next]!] === 2) next++;
    const element = left[next++];
    if (element === undefined) return stuckRows(elements, found);
    const thin = coverage.firstThin(to[2 * element]! + 1);
    const popBegins = assign(thin < 0 ? -1 : line.endOf(thin));
    if (popBegins < 0) return stuckRows(elements, found);
    // The pop may still come at the end of time, but the element need not be there all the while.
    const shorter = Math.max(to[2 * element]! + 1, segmentOf(Math.max(popBegins, putBegin[element]!)));
    coverage.add(shorter, from[2 * element + 1]!, -1);
    from[2 * element + 1] = shorter;
  }
  return undefined;
}

interface Line {
  readonly segments: number;
  /** The segment of the moment after a position; positions past the end have the last one. */
  segmentOf(position: number): number;
  /** The last position of a segment. */
  endOf(segment: number): number;
  readonly coverage: Coverage;
}

/** Moments between which no coverage begins or ends count as one: fewer moments, and shorter intervals. */
function segmentsOf({ count, size, putEnd, takeBegin, crashed }: Elements): Line {
  const change = new Int32Array(size + 1);
  // Coverage may come to end where a crashed pop begins.
  const boundary = new Uint8Array(size + 1);
  for (const position of crashed) boundary[position] = 1;
  for (let element = 0; element < count; element++) {
    const [from, until] = [putEnd[element]!, Math.min(size, takeBegin[element]!)];
    if (from >= until) continue;
    change[from] = 1;
    change[until]!--;
  }
  const ends: number[] = [];
  const segment = new Int32Array(size + 1);
  const counts = new Int32Array(size + 2);
  let last = 0;
  for (let position = 0, covering = 0; position <= size; position++) {
    if (change[position] !== 0 || boundary[position] !== 0) {
      ends.push(position - 1);
      counts[last++] = covering;
      covering += change[position]!;
    }
    segment[position] = last;
    counts[last] = covering;
  }
  ends.push(size);
  return {
    segments: last + 1,
    segmentOf: (position) => segment[position < size ? position : size]!,
    endOf: (index) => ends[index]!,
    coverage: coverageOf(counts.subarray(0, last + 1)),
  };
}

/** Rows of those that are stuck: first of all two elements that each are in the other's way. */
function stuckRows(elements: Elements, found: Uint8Array): Witnesses {
  const { count, putter, taker, putBegin, putEnd, takeBegin, takeEnd } = elements;
  const stuck: number[] = [];
  for (let element = 0; element < count; element++) if (found[element]! < 2) stuck.push(element);
  // a is surely below b when b is pushed, and surely still there when b is popped no more: b outlives a, which lies below it.
  stuck.sort((a, b) => putEnd[a]! - putEnd[b]!);
  for (const [index, below] of stuck.slice(0, PAIRED).entries()) {
    for (const above of stuck.slice(index + 1, index + PAIRED)) {
      if (
        putBegin[above]! < putEnd[below]! ||
        putEnd[above]! > takeBegin[below]! ||
        takeBegin[above]! < takeEnd[below]!
      )
        continue;
      return [taker[below]!, putter[below]!, putter[above]!, ...(taker[above]! < 0 ? [] : [taker[above]!])];
    }
  }
  return stuck.slice(0, 2).flatMap((element) => [putter[element]!, ...(taker[element]! < 0 ? [] : [taker[element]!])]);
}

/** So many stuck elements are compared with each other; more are of no use to a person. */
const PAIRED = 100;
