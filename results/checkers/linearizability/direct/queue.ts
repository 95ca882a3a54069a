/**
 * A queue whose elements are all different: decided in linear time.
 *
 * Lee and Mathur, "Efficient Decrease-and-Conquer Linearizability Monitoring", OOPSLA 2025; Abdulla et al., "Efficient
 * Linearizability Monitoring" (LiMo), PLDI 2025; the four ways to violate are those of Henzinger, Sezgin and Vafeiadis,
 * "Aspect-oriented linearizability proofs", CONCUR 2013. Beyond elements that come from nowhere or come twice:
 *
 * - order: a was in before b was put, yet b was out before the take of a began. With M(p) the latest begin of a take among
 *   elements put in by position p, that is M(put of b begins) > take of b ends: one running maximum answers it for all b.
 * - emptiness: a take found nothing, yet at each of its moments some element was surely inside. One running count.
 *
 * Elements that are left have a take that never begins, unless a crashed take had them. In a queue those are the earliest: at
 * each moment the crashed takes that had begun by then must suffice for the left elements that had to be gone by then. By
 * Hall's theorem on nested sets that is all there is to it, so the answer stays exact.
 */
import { NEVER } from '../../../history/index.ts';
import type { Elements, Witnesses } from './elements.ts';
import { crashedTakes, insideDuring, rowsOf, surelyInside, type CrashedTakes } from './presence.ts';

/** Rows of a violation; undefined if it is linearizable. */
export function judgeQueue(elements: Elements): Witnesses | undefined {
  const gone = crashedTakes(elements);
  return findInversion(elements, gone) ?? findFullEmpty(elements, gone);
}

function findInversion(elements: Elements, gone: CrashedTakes | undefined): Witnesses | undefined {
  const { count, size, taker, putBegin, putEnd, takeBegin, takeEnd } = elements;
  // Crashed takes are counted apart.
  const latest = new Int32Array(size);
  for (let element = 0; element < count; element++) {
    if (taker[element]! >= 0 || !gone) latest[putEnd[element]!] = takeBegin[element]!;
  }
  let most = -1;
  for (let position = 0; position < size; position++) {
    if (latest[position]! > most) most = latest[position]!;
    latest[position] = most;
  }
  let worst = -1;
  for (let element = 0; element < count; element++) {
    const out = takeEnd[element]!;
    if (out === NEVER) continue;
    const before = putBegin[element]!;
    if (latest[before]! <= out && !(gone && gone.left[before]! > gone.begun[out]!)) continue;
    // The earliest one tells the most: nothing after it matters.
    if (worst < 0 || out < takeEnd[worst]!) worst = element;
  }
  return worst < 0 ? undefined : inversion(elements, worst, latest[putBegin[worst]!]!);
}

/** Rows: the take and the put of the element that came too early, and those of one that was overtaken. */
function inversion(elements: Elements, early: number, most: number): Witnesses {
  const { count, putter, taker, putBegin, putEnd, takeBegin, takeEnd, crashed } = elements;
  // An element whose own take begins too late; else those that are left.
  const tooLate = most > takeEnd[early]! ? most : NEVER;
  const overtaken: number[] = [];
  for (let element = 0; element < count; element++) {
    if (takeBegin[element] === tooLate && putEnd[element]! < putBegin[early]!) overtaken.push(element);
  }
  overtaken.sort((a, b) => putEnd[a]! - putEnd[b]!);
  // One more than crashed takes could have had.
  const enough = tooLate === NEVER ? 1 + crashed.filter(({ begin }) => begin < takeEnd[early]!).length : 1;
  return [early, ...overtaken.slice(0, enough)].flatMap((element) => rowsOf(putter[element]!, taker[element]!));
}

/** Rows: a take that found nothing, and elements that were surely inside all the while. */
function findFullEmpty(elements: Elements, gone: CrashedTakes | undefined): Witnesses | undefined {
  const { size, empty } = elements;
  if (empty.rows.length === 0) return undefined;
  const inside = surelyInside(elements, gone === undefined);
  // By position: how many moments up to it can have been empty.
  for (let position = 0, moments = 0; position < size; position++) {
    if (inside[position] === 0 && !(gone && gone.left[position]! > gone.begun[position]!)) moments++;
    inside[position] = moments;
  }
  for (let index = 0; index < empty.rows.length; index++) {
    const [begin, end] = [empty.begin[index]!, empty.end[index]!];
    if (inside[end - 1]! > (begin === 0 ? 0 : inside[begin - 1]!)) continue;
    return [empty.rows[index]!, ...insideDuring(elements, begin, end)];
  }
  return undefined;
}
