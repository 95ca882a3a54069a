/**
 * What has to go when an operation is left out, so that what remains still speaks for the whole history.
 *
 * In any linearization of the whole, an operation that remains sees what one that remains gave: whoever might have seen
 * something that was left out is left out too. So if what remains is not linearizable, the whole is not.
 */
import { INFO, NEVER, OK } from '../../../history/index.ts';
import { canonical } from '../canonical.ts';
import { ANYTHING, type Model } from '../model.ts';
import { operationAt } from '../operation.ts';
import type { Subhistory } from '../subhistory.ts';

/** An operation that may be left out or kept. */
export interface Member {
  readonly row: number;
  readonly invoke: number;
  /** NEVER if crashed. */
  readonly complete: number;
  readonly gives: readonly string[];
  readonly needs: readonly string[];
  readonly overwrites: boolean;
  /** Whether it can be left out at all. */
  readonly loose: boolean;
}

/** Needed by an operation to which every giver may matter; no value's canonical text looks like this. */
const WHATEVER = '*';

/** The operations that count: failed ones only where the model keeps them, crashed observers not. */
export function membersOf({ history, rows }: Subhistory, model: Model): readonly Member[] {
  const { ties } = model;
  return Array.from(rows).flatMap((row) => {
    const operation = operationAt(history, row);
    const observer = model.observer?.(operation) ?? false;
    if (operation.outcome === 'fail' && !model.keepsFailed?.(operation)) return [];
    if (operation.outcome === 'info' && observer) return [];
    const gives = ties?.gives(operation).map(canonical) ?? [];
    const needs = ties?.needs(operation) ?? [];
    return {
      row,
      invoke: history.invoke[row] ?? 0,
      complete: history.outcome[row] === INFO ? NEVER : (history.complete[row] ?? NEVER),
      gives,
      needs: needs === ANYTHING ? [WHATEVER] : needs.map(canonical),
      overwrites: history.outcome[row] === OK && (ties?.overwrites?.(operation) ?? false),
      loose: observer || gives.length > 0,
    };
  });
}

/**
 * All of `members` that have to go if `leaving` go: undefined if one of them cannot. `members` in order of invocation.
 * `ordered`: whether giving and seeing follow the order of time, as with registers.
 */
export function tiedTo(
  leaving: readonly Member[],
  members: readonly Member[],
  ordered: boolean,
): ReadonlySet<Member> | undefined {
  const gone = new Set(leaving);
  const needers = needersOf(members);
  const horizon = ordered ? horizons(members) : () => NEVER;
  const before = firstGiven(members);
  for (let size = -1; size < gone.size;) {
    size = gone.size;
    // A set grows while it is walked: whoever is added gets its turn.
    for (const member of gone) {
      if (!member.loose) return undefined;
      for (const needer of seersOf(member, needers, horizon(member), ordered)) gone.add(needer);
    }
    if (!ordered) continue;
    const rest = members.filter((member) => !gone.has(member));
    for (const orphan of orphans(rest, before)) gone.add(orphan);
  }
  return gone;
}

/** Who might have seen what `member` gave: needers invoked before `until` that completed after it was invoked. */
function* seersOf(
  member: Member,
  needers: ReadonlyMap<string, readonly Needer[]>,
  until: number,
  ordered: boolean,
): Generator<Member> {
  if (member.gives.length === 0) return;
  for (const value of [...member.gives, WHATEVER]) {
    const candidates = needers.get(value) ?? [];
    for (let place = countUpTo(candidates, until) - 1; place >= 0; place--) {
      const candidate = candidates[place];
      if (!candidate || (ordered && candidate.latestSoFar <= member.invoke)) break;
      if (!ordered || candidate.member.complete > member.invoke) yield candidate.member;
    }
  }
}

/**
 * Those who remain though every write of what they saw is gone. It would be sound to keep them, as none of those can be what
 * they saw; but what was a stale read would look like one of a value never written.
 */
function orphans(rest: readonly Member[], before: ReadonlyMap<string, number>): readonly Member[] {
  const after = firstGiven(rest);
  return rest.filter(({ needs, complete }) =>
    needs.some((value) => (before.get(value) ?? NEVER) < complete && (after.get(value) ?? NEVER) >= complete),
  );
}

function firstGiven(members: readonly Member[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { gives, invoke } of members) {
    for (const value of gives) if (!first.has(value)) first.set(value, invoke);
  }
  return first;
}

interface Needer {
  readonly member: Member;
  /** The latest completion among the needers of this value up to here. */
  readonly latestSoFar: number;
}

function needersOf(members: readonly Member[]): ReadonlyMap<string, readonly Needer[]> {
  const needers = new Map<string, Needer[]>();
  for (const member of members) {
    for (const value of member.needs) {
      const list = needers.get(value) ?? [];
      if (list.length === 0) needers.set(value, list);
      list.push({ member, latestSoFar: Math.max(member.complete, list.at(-1)?.latestSoFar ?? -1) });
    }
  }
  return needers;
}

/** Number of needers invoked before `until`. */
function countUpTo(needers: readonly Needer[], until: number): number {
  let [low, high] = [0, needers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((needers[middle]?.member.invoke ?? NEVER) < until) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Until when what a member gave can be seen: the first completion of an overwriting one invoked after it had completed. */
function horizons(members: readonly Member[]): (member: Member) => number {
  const overwriting = members.filter(({ overwrites }) => overwrites);
  const firstFrom = new Array<number>(overwriting.length + 1).fill(NEVER);
  for (let place = overwriting.length - 1; place >= 0; place--) {
    firstFrom[place] = Math.min(firstFrom[place + 1] ?? NEVER, overwriting[place]?.complete ?? NEVER);
  }
  return ({ complete }) => {
    let [low, high] = [0, overwriting.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((overwriting[middle]?.invoke ?? NEVER) <= complete) low = middle + 1;
      else high = middle;
    }
    return firstFrom[low] ?? NEVER;
  };
}
