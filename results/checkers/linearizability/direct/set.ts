/**
 * A set to which each element is added at most once: decided element by element, in linear time.
 *
 * A set is as many independent objects as it has elements (Herlihy and Wing 1990; Abdulla et al., "Efficient Linearizability
 * Monitoring", PLDI 2025): each is absent, then present from its add to its removal, then absent. Let the add happen at A and
 * the removal at R. Whoever found the element bounds both: A comes before the first such answer, R after the last such
 * question; whoever missed it must reach outside of [A, R]. If a removal may come right at the add, nobody is in the way;
 * else A is best as late and R as early as possible.
 *
 * A remove may say that it found the element (true: at most one), that it missed it (false: it observes), or nothing: such a
 * blind one removes it if it is there. A crashed remove may be the one that removes. An element that was added more often
 * is judged by the general search, alone.
 */
import { FAIL, INFO, NEVER, OK, type History } from '../../../history/index.ts';
import type { Subhistory } from '../subhistory.ts';
import type { Witnesses } from './elements.ts';

/** What an operation says of its element. */
const SILENT = 0;
const ADDED = 1;
const FOUND = 2;
const MISSED = 3;
/** Found and removed. */
const TOOK = 4;
/** A remove of unknown result; crashed, if its outcome says so. */
const BLIND = 5;
/** Something that no single element answers for: a read of all. */
const FOREIGN = 6;

/** What each row of a history says. */
export function sayingsOf({ fs, values, f, outcome, output, count }: History): Uint8Array {
  const ok = Uint8Array.from(fs, (name) => ({ add: ADDED, remove: BLIND })[name] ?? FOREIGN);
  const crashed = Uint8Array.from(fs, (name) => ({ add: ADDED, remove: BLIND })[name] ?? SILENT);
  const yes = Uint8Array.from(fs, (name) => ({ add: ADDED, remove: TOOK, contains: FOUND })[name] ?? FOREIGN);
  const no = Uint8Array.from(fs, (name) => ({ add: ADDED, remove: MISSED, contains: MISSED })[name] ?? FOREIGN);
  const [yesId, noId] = [values.indexOf(true), values.indexOf(false)];
  const says = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const fate = outcome[row]!;
    if (fate === FAIL) continue;
    const told = output[row]!;
    says[row] = (fate === INFO ? crashed : told === yesId ? yes : told === noId ? no : ok)[f[row]!]!;
  }
  return says;
}

/** The rows of a part, those of each element together and in order of invocation. */
export interface ByElement {
  readonly rows: Int32Array;
  /** Element e has the rows from ends[e - 1], or from 0, up to and excluding ends[e]. */
  readonly ends: Int32Array;
}

/** Undefined if some operation is not on one element. `table` has an entry for each value id, all 0 before and after. */
export function splitByElement(
  { history, rows }: Subhistory,
  says: Uint8Array,
  table: Int32Array,
): ByElement | undefined {
  const { input } = history;
  for (let place = 0; place < rows.length; place++) if (says[rows[place]!] === FOREIGN) return undefined;
  // Numbers the elements in order of appearance, so that those of a time lie side by side.
  const elementOf = new Int32Array(rows.length);
  const counts = new Int32Array(rows.length + 1);
  let elements = 0;
  for (let place = 0; place < rows.length; place++) {
    const id = input[rows[place]!]!;
    if (table[id] === 0) table[id] = ++elements;
    elementOf[place] = table[id]! - 1;
    counts[table[id]!]!++;
  }
  for (let element = 1; element <= elements; element++) counts[element]! += counts[element - 1]!;
  const ends = counts.subarray(0, elements);
  const sorted = new Int32Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    sorted[ends[elementOf[place]!]!++] = rows[place]!;
    table[input[rows[place]!]!] = 0;
  }
  return { rows: sorted, ends };
}

/**
 * Judges the element whose rows stand from `start` up to and excluding `stop`. Rows of a violation; undefined if it is
 * linearizable; `repeated` if it was added more than once.
 */
export function judgeElement(
  history: History,
  rows: Int32Array,
  start: number,
  stop: number,
  says: Uint8Array,
): Witnesses | undefined | 'repeated' {
  const { invoke, complete, outcome } = history;
  let [added, took, tookBefore, foundFirst, foundLast] = [-1, -1, -1, -1, -1];
  const begin = (row: number) => invoke[row]!;
  const end = (row: number) => (outcome[row] === OK ? complete[row]! : NEVER);
  for (let place = start; place < stop; place++) {
    const row = rows[place]!;
    const said = says[row]!;
    if (said === ADDED) {
      if (added >= 0) return 'repeated';
      added = row;
    } else if (said === FOUND || said === TOOK) {
      if (said === TOOK) {
        tookBefore = took;
        took = row;
      }
      if (foundFirst < 0 || end(row) < end(foundFirst)) foundFirst = row;
      foundLast = row;
    }
  }
  if (tookBefore >= 0) return added < 0 ? [took, tookBefore] : [took, tookBefore, added];
  if (foundFirst < 0 && (added < 0 || outcome[added] === INFO)) return undefined;
  if (added < 0) return [foundFirst];
  // A lies just before this event, or at the end of time.
  const addBy = foundFirst < 0 ? end(added) : Math.min(end(added), end(foundFirst));
  if (begin(added) > addBy) return [foundFirst, added];
  const foundUntil = foundLast < 0 ? -1 : begin(foundLast);
  // R lies just after this event; NEVER if it is not removed.
  let [removed, remover] = [NEVER, -1];
  for (let place = start; place < stop; place++) {
    const row = rows[place]!;
    if (took >= 0 ? row !== took : says[row] !== BLIND) continue;
    const earliest = Math.max(begin(added), foundUntil, begin(row));
    if (earliest < Math.min(addBy, end(row))) return undefined;
    const late = Math.max(addBy - 1, earliest);
    if (late >= end(row) || late >= removed) continue;
    removed = late;
    remover = row;
  }
  if (took >= 0 && remover < 0) return [foundLast, took, added];
  for (let place = start; place < stop; place++) {
    const row = rows[place]!;
    const said = says[row]!;
    if ((said !== MISSED && said !== BLIND) || row === took || begin(row) < addBy || end(row) > removed) continue;
    const presence = foundFirst >= 0 && end(foundFirst) === addBy ? foundFirst : added;
    // Whoever found it last shows that it was still there; or else the removal came too late.
    const still = foundUntil > end(row) ? foundLast : remover;
    return [...new Set([row, added, presence, still])].filter((each) => each >= 0);
  }
  return undefined;
}
