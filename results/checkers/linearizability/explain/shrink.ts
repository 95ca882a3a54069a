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

/** True if these rows, in order of invocation, are proven to violate; false if not, or if that took too long. */
export type Violates = (rows: Int32Array) => boolean;

/** Rows in order of invocation. */
export function shrink(part: Subhistory, model: Model, violation: Violation, violates: Violates): Int32Array {
  const ordered = model.ties?.overwrites !== undefined;
  let kept = starting(membersOf(part, model), violation, ordered, violates);

  /** Leaves these out, if that is possible and still violates. */
  const leaveOut = (leaving: readonly Member[]): boolean => {
    const gone = leaving.length > 0 && tiedTo(leaving, kept, ordered);
    if (!gone || gone.size === kept.length) return false;
    const rest = kept.filter((member) => !gone.has(member));
    if (!violates(rowsOf(rest))) return false;
    kept = rest;
    return true;
  };

  for (let size = kept.length >>> 1; size > 0;) {
    if (size > kept.length || !leaveOut(looseOf(kept.slice(0, size)))) size >>>= 1;
  }
  for (let size = Math.max(1, kept.length >>> 2); size > 0;) {
    let progress = false;
    for (let end = kept.length; end > 0; end = Math.min(end - size, kept.length)) {
      const chunk = looseOf(kept.slice(Math.max(0, end - size), end));
      if (leaveOut(chunk)) progress = true;
    }
    // One at a time is repeated for as long as it gets anywhere: only then is the result minimal.
    if (size > 1 || !progress) size >>>= 1;
  }
  return rowsOf(kept);
}

/** What the violation's own witnesses need, or else what was invoked up to the cut. */
function starting(
  members: readonly Member[],
  { witnesses, cut }: Violation,
  ordered: boolean,
  violates: Violates,
): readonly Member[] {
  if (witnesses.length > 0) {
    const few = supported(members, new Set(witnesses));
    if (violates(rowsOf(few))) return few;
  }
  const later = tiedTo(
    members.filter(({ invoke, loose }) => invoke > cut && loose),
    members,
    ordered,
  );
  const past = later ? members.filter((member) => !later.has(member)) : members;
  return violates(rowsOf(past)) ? past : members;
}

/** The witnesses and whoever gave what they need, and so on: nobody who remains needs one who does not. */
function supported(members: readonly Member[], witnesses: ReadonlySet<number>): readonly Member[] {
  const givers = new Map<string, Member[]>();
  for (const member of members) {
    for (const value of member.gives) {
      const list = givers.get(value);
      if (list) list.push(member);
      else givers.set(value, [member]);
    }
  }
  const kept = new Set(members.filter(({ row }) => witnesses.has(row)));
  for (const { needs } of kept) {
    for (const value of needs) {
      for (const giver of givers.get(value) ?? []) kept.add(giver);
    }
  }
  return members.filter((member) => kept.has(member));
}

function looseOf(members: readonly Member[]): readonly Member[] {
  return members.filter(({ loose }) => loose);
}

function rowsOf(members: readonly Member[]): Int32Array {
  return Int32Array.from(members, ({ row }) => row);
}
