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

/** What the operation at a row says. */
export type Sayings = (row: number) => number;

export function sayingsOf({ fs, values, f, outcome, output }: History): Sayings {
  const ok = fs.map((name) => ({ add: ADDED, remove: BLIND, contains: FOREIGN })[name] ?? FOREIGN);
  const crashed = fs.map((name) => ({ add: ADDED, remove: BLIND })[name] ?? SILENT);
  const yes = fs.map((name) => (name === 'remove' ? TOOK : FOUND));
  const [yesId, noId] = [values.indexOf(true), values.indexOf(false)];
  return (row) => {
    const fate = outcome[row]!;
    const kind = f[row]!;
    if (fate === FAIL) return SILENT;
    if (fate === INFO) return crashed[kind]!;
    const plain = ok[kind]!;
    if (plain === ADDED) return plain;
    const told = output[row]!;
    if (told === yesId) return fs[kind] === 'read' ? FOREIGN : yes[kind]!;
    if (told === noId) return fs[kind] === 'read' ? FOREIGN : MISSED;
    return plain;
  };
}

/**
 * One subhistory per element, or undefined if some operation is not on one element. `table` has an entry for each value id, all 0
 * before and after.
 */
export function splitByElement(part: Subhistory, says: Sayings, table: Int32Array): readonly Int32Array[] | undefined {
  const { history, rows } = part;
  const { input } = history;
  if (rows.some((row) => says(row) === FOREIGN)) return undefined;
  // Numbers the elements in order of appearance, so that those of a time lie side by side.
  const counts = new Int32Array(rows.length + 1);
  let elements = 0;
  for (const row of rows) {
    const id = input[row]!;
    if (table[id] === 0) table[id] = ++elements;
    counts[table[id]!]!++;
  }
  for (let element = 1; element <= elements; element++) counts[element]! += counts[element - 1]!;
  const next = counts.slice(0, elements);
  const sorted = new Int32Array(rows.length);
  for (const row of rows) sorted[next[table[input[row]!]! - 1]!++] = row;
  for (const row of rows) table[input[row]!] = 0;
  return Array.from(next, (end, element) => sorted.subarray(counts[element], end));
}

/** Rows of a violation; undefined if it is linearizable; `repeated` if it was added more than once. */
export function judgeElement(history: History, rows: Int32Array, says: Sayings): Witnesses | undefined | 'repeated' {
  const { invoke, complete, outcome } = history;
  let [added, took, foundFirst, foundLast] = [-1, -1, -1, -1];
  const begin = (row: number) => invoke[row]!;
  const end = (row: number) => (outcome[row] === OK ? complete[row]! : NEVER);
  let tookTwice: Witnesses | undefined;
  for (const row of rows) {
    const said = says(row);
    if (said === ADDED) {
      if (added >= 0) return 'repeated';
      added = row;
    } else if (said === FOUND || said === TOOK) {
      if (said === TOOK) {
        if (took >= 0) tookTwice ??= [row, took];
        took = row;
      }
      if (foundFirst < 0 || end(row) < end(foundFirst)) foundFirst = row;
      foundLast = row;
    }
  }
  if (tookTwice) return added < 0 ? tookTwice : [...tookTwice, added];
  if (foundFirst < 0 && (added < 0 || outcome[added] === INFO)) return undefined;
  if (added < 0) return [foundFirst];
  // A lies just before this event, or at the end of time.
  const addBy = foundFirst < 0 ? end(added) : Math.min(end(added), end(foundFirst));
  if (begin(added) > addBy) return [foundFirst, added];
  const foundUntil = foundLast < 0 ? -1 : begin(foundLast);
  // R lies just after this event; NEVER if it is not removed.
  let [removed, remover] = [NEVER, -1];
  for (const row of rows) {
    if (took >= 0 ? row !== took : says(row) !== BLIND) continue;
    const earliest = Math.max(begin(added), foundUntil, begin(row));
    if (earliest < Math.min(addBy, end(row))) return undefined;
    const late = Math.max(addBy - 1, earliest);
    if (late >= end(row) || late >= removed) continue;
    removed = late;
    remover = row;
  }
  if (took >= 0 && remover < 0) return [foundLast, took, added];
  for (const row of rows) {
    const said = says(row);
    if ((said !== MISSED && said !== BLIND) || row === took || begin(row) < addBy || end(row) > removed) continue;
    const presence = foundFirst >= 0 && end(foundFirst) === addBy ? foundFirst : added;
    // Whoever found it last shows that it was still there; or else the removal came too late.
    const still = foundUntil > end(row) ? foundLast : remover;
    return [...new Set([row, presence, still])].filter((each) => each >= 0);
  }
  return undefined;
}
