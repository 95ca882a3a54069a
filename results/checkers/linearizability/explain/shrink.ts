/**
 * The smallest sub-history that still violates: what a person can check by eye.
 *
 * Only steps that are sound: whatever is left out takes along all that might have depended on it (see ties.ts). First all
 * of the past that the violation does not need, in halves; then ever smaller chunks, as in delta debugging (Zeller and
 * Hildebrandt 2002); until leaving out any one operation, with what depends on it, leaves nothing wrong.
 */
import type { Model } from '../model.ts';
import type { Violation } from '../outcome.ts';
import type { Subhistory } from '../subhistory.ts';
import { membersOf, tiedTo, type Member } from './ties.ts';

export interface Judging {
  /** True if these rows, in order of invocation, are proven to violate; false if not, or if that takes too long. */
  readonly violates: (rows: Int32Array) => boolean;
  /** True once what was found so far will have to do. */
  readonly isOver: () => boolean;
}

/** Rows in order of invocation, of `part`, whose rows violate. */
export function shrink(part: Subhistory, model: Model, judging: Judging): Int32Array {
  const ordered = model.ties?.overwrites !== undefined;
  let kept = membersOf(part, model);

  /** Leaves these out, if that is possible and still violates. */
  const leaveOut = (leaving: readonly Member[]): boolean => {
    if (leaving.length === 0 || judging.isOver()) return false;
    const gone = tiedTo(leaving, kept, ordered);
    if (!gone || gone.size === kept.length) return false;
    const rest = kept.filter((member) => !gone.has(member));
    if (!judging.violates(rowsOf(rest))) return false;
    kept = rest;
    return true;
  };
  /** Tries chunk after chunk from the end; true if any could go. */
  const sweep = (size: number, isCandidate: (member: Member) => boolean): boolean => {
    let progress = false;
    for (let end = kept.length; end > 0 && !judging.isOver(); end = Math.min(end - size, kept.length)) {
      if (leaveOut(kept.slice(Math.max(0, end - size), end).filter(isCandidate))) progress = true;
    }
    return progress;
  };

  // Those that only look go alone; with them go most reasons why others would have to go together.
  for (let size = kept.length >>> 1; size > 16; size >>>= 1) sweep(size, onlyLooks);
  for (let size = kept.length >>> 1; size > 0;) {
    if (size > kept.length || !leaveOut(kept.slice(0, size).filter(isLoose))) size >>>= 1;
  }
  // One at a time is repeated for as long as it gets anywhere: only then is the result minimal.
  for (let size = Math.max(1, kept.length >>> 2); size > 0;) {
    if (!sweep(size, isLoose) || size > 1) size >>>= 1;
  }
  return rowsOf(kept);
}

function onlyLooks({ loose, gives }: Member): boolean {
  return loose && gives.length === 0;
}

function isLoose({ loose }: Member): boolean {
  return loose;
}

/**
 * The violation's own witnesses, if they violate and all others can be left out.
 *
 * A register's witnesses come with whatever they depend on. Elsewhere it has to be seen that all others can be left out: a
 * crashed dequeue, say, may have taken the very element that seems to be in the way.
 */
export function proofOf(
  part: Subhistory,
  model: Model,
  { witnesses, conclusive }: Violation,
  violates: Judging['violates'],
): Int32Array | undefined {
  const few = membersOf({ ...part, rows: Int32Array.from(witnesses).sort() }, model);
  if (few.length === 0 || !violates(rowsOf(few))) return undefined;
  if (model.register !== undefined || conclusive === true) return rowsOf(few);
  const members = membersOf(part, model);
  const proof = new Set(few.map(({ row }) => row));
  const others = members.filter(({ row }) => !proof.has(row));
  const gone = tiedTo(others, members, model.ties?.overwrites !== undefined);
  return gone?.size === others.length ? rowsOf(few) : undefined;
}

function rowsOf(members: readonly Member[]): Int32Array {
  return Int32Array.from(members, ({ row }) => row);
}
