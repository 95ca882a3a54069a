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
import { coverageOf, type Coverage } from './coverage.ts';
import type { Elements, Witnesses } from './elements.ts';
import { atMost, BOTH, dealForced, guessing, POP, PUSH, type Relieve } from './crashed-pops.ts';
import { insideDuring, rowsOf, surelyInside } from './presence.ts';
import { stabbingOf } from './stabbing.ts';

/** Rows of a violation; undefined if it is linearizable; `unsure` where crashed pops leave it open. */
export function judgeStack(elements: Elements): Witnesses | undefined | 'unsure' {
  const { crashed } = elements;
  const dealt = dealForced(elements);
  if (!('count' in dealt)) return dealt;
  const guessed = findFullEmpty(dealt) ?? reduce(dealt, guessing(dealt));
  if (guessed === undefined || crashed.length === 0) return guessed;
  return surelyWrong(elements) ?? 'unsure';
}

/** Rows of a violation that stands whichever crashed pop had which element; undefined if it may be linearizable. */
export function surelyWrong(elements: Elements): Witnesses | undefined {
  return reduce(elements, atMost(elements, elements.crashed[0]?.begin ?? 0));
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
function reduce(elements: Elements, relieve: Relieve): Witnesses | undefined {
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
  let gone = 0;
  const mark = (interval: number) => {
    const element = interval >>> 1;
    found[element]! |= (interval & 1) === 0 ? PUSH : POP;
    if (found[element] !== BOTH) return;
    gone++;
    coverage.add(to[2 * element]! + 1, from[2 * element + 1]!, -1);
  };
  // At the end everybody may be gone: pops that need never have happened are found at once.
  stabbing.takeAt(segments - 1, mark);
  while (gone < count) {
    const bare = coverage.nextBare();
    if (bare >= 0) {
      stabbing.takeAt(bare, mark);
      continue;
    }
    const relief = relieve(found);
    if (!relief) return stuckRows(elements, found);
    // The pop may still come at the end of time, but the element need not be there all the while.
    const { element, popBegin } = relief;
    const shorter = Math.max(to[2 * element]! + 1, segmentOf(Math.max(popBegin, putBegin[element]!)));
    coverage.add(shorter, from[2 * element + 1]!, -1);
    from[2 * element + 1] = Math.min(from[2 * element + 1]!, shorter);
  }
  return undefined;
}

interface Line {
  readonly segments: number;
  /** The segment of the moment after a position; positions past the end have the last one. */
  segmentOf(position: number): number;
  readonly coverage: Coverage;
}

/** Moments between which no coverage begins or ends count as one: fewer moments, and shorter intervals. */
function segmentsOf({ count, size, putEnd, takeBegin, crashed }: Elements): Line {
  const change = new Int32Array(size + 1);
  // Coverage may come to end where a crashed pop begins.
  const boundary = new Uint8Array(size + 1);
  for (const { begin } of crashed) boundary[begin] = 1;
  for (let element = 0; element < count; element++) {
    const [from, until] = [putEnd[element]!, Math.min(size, takeBegin[element]!)];
    if (from >= until) continue;
    change[from] = 1;
    change[until]!--;
  }
  const segment = new Int32Array(size + 1);
  const counts = new Int32Array(size + 2);
  let last = 0;
  for (let position = 0, covering = 0; position <= size; position++) {
    if (change[position] !== 0 || boundary[position] !== 0) {
      counts[last++] = covering;
      covering += change[position]!;
    }
    segment[position] = last;
    counts[last] = covering;
  }
  return {
    segments: last + 1,
    segmentOf: (position) => segment[position < size ? position : size]!,
    coverage: coverageOf(counts.subarray(0, last + 1)),
  };
}

/**
 * Rows: two elements of which each is in the other's way, or else all that are stuck; with crashed pops all there are, since
 * those that could be taken away may have needed such a pop too.
 */
function stuckRows(elements: Elements, found: Uint8Array): Witnesses {
  const { count, putter, taker, putBegin, putEnd, takeBegin, takeEnd, crashed } = elements;
  const rows = (element: number) => rowsOf(putter[element]!, taker[element]!);
  const [stuck, lower, upper]: [number[], number[], number[]] = [[], [], []];
  for (let element = 0; element < count; element++) {
    if (found[element] === BOTH) continue;
    stuck.push(element);
    if (found[element] === PUSH) lower.push(element);
    if (found[element] === POP && (taker[element]! >= 0 || crashed.length === 0)) upper.push(element);
  }
  for (const below of lower) {
    for (const above of upper) {
      // It was surely there when the other one was pushed, which in turn was surely there until its pop had completed.
      const crossing = putEnd[below]! < putBegin[above]! && putEnd[above]! < takeBegin[below]!;
      if (crossing && takeEnd[below]! < takeBegin[above]!) return [...rows(below), ...rows(above)];
    }
  }
  return crashed.length === 0
    ? stuck.flatMap(rows)
    : Array.from(putter.subarray(0, count), (_, element) => rows(element)).flat();
}
