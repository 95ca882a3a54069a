/**
 * When each operation of a register can have happened, narrowed again and again by what the others saw.
 *
 * Three things are known of each: it lies between two events, it saw a value or gave one, and whether it surely happened. A
 * giver's value is over for good once an operation that shows another value has begun after it and ended. From that follows
 * for each observer who may have given what it saw; it comes after the first of them, and before the last of them is over; if
 * there is only one, that one surely happened, before the observer ended, and whatever shows another value lies before the
 * giver or after the observer. An observer whom nobody can have given its value contradicts the history; if it crashed, it
 * never happened.
 *
 * Every conclusion remembers the operations it rests on. Since all givers of the whole history were weighed, a contradiction
 * speaks for the whole history; those that it rests on nearly always violate by themselves (a few in a million do not, where a
 * giver that was weighed and found too early is missing among them), so whoever shows them asks a judge first.
 */
import { NEVER } from '../../../history/index.ts';
import { NOTHING, type Accesses } from './accesses.ts';
import { outdated } from './outdated.ts';

/** Rounds that change nothing end it; some histories narrow by little steps. */
const ROUNDS = 40;
/** Operations: every round looks at all pairs in the worst case. */
const LIMIT = 400;
/** Of the past, so many operations are looked at closely. */
const RECENT = 200;

/** Places among the accesses that contradict each other; undefined if this way nothing is found, or there are too many. */
export function contradiction(accesses: Accesses): readonly number[] | undefined {
  const places = relevant(accesses);
  return places.length > LIMIT ? undefined : narrow(accesses, places);
}

/** The last accesses, and of those before them only givers whose value may have lasted so long. */
function relevant({ count, saw, wrote, from, until }: Accesses): number[] {
  const first = Math.max(0, count - RECENT);
  const start = from[first] ?? 0;
  // The latest that began and showed a value, and the latest that showed another one; a cas shows two.
  let [value, latest, other] = [NOTHING, -1, -1];
  for (let each = 0; each < first; each++) {
    if (until[each]! >= start) continue;
    const shown = saw[each] === NOTHING ? wrote[each]! : wrote[each] === NOTHING ? saw[each]! : NOTHING;
    if (shown !== value) other = latest;
    [value, latest] = [shown, from[each]!];
  }
  const places: number[] = [];
  for (let each = 0; each < count; each++) {
    const isOver = until[each]! < (wrote[each] === value ? other : latest);
    if (each >= first || (wrote[each] !== NOTHING && !isOver)) places.push(each);
  }
  return places;
}

function narrow(accesses: Accesses, places: readonly number[]): readonly number[] | undefined {
  const size = places.length;
  const take = (column: Int32Array) => Int32Array.from(places, (place) => column[place]!);
  const [saw, wrote, from, until] = [accesses.saw, accesses.wrote, accesses.from, accesses.until].map(take) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const sure = Uint8Array.from(until, (at) => (at === NEVER ? 0 : 1));
  const gone = new Uint8Array(size);
  const reasons = Array.from({ length: size }, () => new Set<number>());
  const giversOf = new Map<number, number[]>();
  wrote.forEach((value, each) => {
    if (value === NOTHING) return;
    const givers = giversOf.get(value);
    if (givers) givers.push(each);
    else giversOf.set(value, [each]);
  });
  let changed = true;

  const shows = (each: number, value: number) =>
    sure[each] === 1 &&
    ((saw[each] !== NOTHING && saw[each] !== value) || (wrote[each] !== NOTHING && wrote[each] !== value));
  /** Who ends first of those that show another value and begin after `at`; -1 if there is none. */
  const closer = (value: number, at: number): number => {
    let best = -1;
    for (let each = 0; each < size; each++) {
      if (from[each]! > at && (best < 0 || until[each]! < until[best]!) && shows(each, value)) best = each;
    }
    return best;
  };
  const because = (each: number, ...others: readonly number[]) => {
    changed = true;
    for (const other of others) if (other >= 0 && other !== each) reasons[each]!.add(other);
  };
  const raise = (each: number, at: number, ...others: readonly number[]) => {
    if (from[each]! >= at) return;
    from[each] = at;
    because(each, ...others);
  };
  const lower = (each: number, at: number, ...others: readonly number[]) => {
    if (until[each]! <= at) return;
    until[each] = at;
    because(each, ...others);
  };
  const isSource = (giver: number, observer: number) =>
    giver !== observer && wrote[giver] === saw[observer] && from[giver]! < until[observer]!;
  /** Who may have given what `observer` saw, or seems to: without any one of them it would seem to come from nowhere. */
  const sourceOf = (observer: number): number => {
    const givers = (giversOf.get(saw[observer]!) ?? []).filter((giver) => isSource(giver, observer));
    const isBetter = (giver: number, than: number) =>
      than < 0 || gone[giver]! < gone[than]! || (gone[giver] === gone[than] && until[giver]! > until[than]!);
    return givers.reduce((best, giver) => (isBetter(giver, best) ? giver : best), -1);
  };
  const allReasons = (start: readonly number[]): readonly number[] => {
    const found = new Set(start.filter((each) => each >= 0));
    const distant: number[] = [];
    // A set grows while it is walked: reasons have reasons.
    for (const each of found) {
      for (const reason of reasons[each]!) found.add(reason);
      const isInitial = saw[each] === accesses.init;
      if (saw[each] === NOTHING || isInitial || [...found].some((giver) => isSource(giver, each))) continue;
      const source = sourceOf(each);
      const past = source < 0 && sure[each] === 1 ? outdated(accesses, places[each]!) : undefined;
      if (source >= 0) found.add(source);
      else if (past) distant.push(...[past.giver, past.newer].filter((place) => place >= 0));
    }
    return [...new Set([...[...found].map((each) => places[each]!), ...distant])].sort((a, b) => a - b);
  };

  /** What one observer says of the others. Its contradiction, if it has one. */
  const weigh = (observer: number): readonly number[] | undefined => {
    const value = saw[observer]!;
    const isInitial = value === accesses.init;
    // The last giver, over or not, and what made it be over; those that may have been it.
    let [last, lastUntil] = [-1, isInitial ? -1 : -2];
    let possible = 0;
    let [only, earliest, latest] = [-1, -1, -1];
    const consider = (giver: number) => {
      const [begun, ended] = giver < 0 ? [-1, -1] : [from[giver]!, until[giver]!];
      if (ended > lastUntil) [last, lastUntil] = [giver, ended];
      const by = ended === NEVER ? -1 : closer(value, ended);
      if (by >= 0 && until[by]! < from[observer]!) return;
      possible++;
      only = giver;
      if (possible === 1 || begun < (earliest < 0 ? -1 : from[earliest]!)) earliest = giver;
      if (possible === 1 || ended > (latest < 0 ? -1 : until[latest]!)) latest = giver;
    };
    if (isInitial) consider(-1);
    for (const giver of giversOf.get(value) ?? []) {
      if (giver !== observer && gone[giver] === 0 && from[giver]! < until[observer]!) consider(giver);
    }
    if (possible === 0) {
      const over = lastUntil === -2 ? -1 : closer(value, lastUntil);
      if (sure[observer] === 1) return allReasons([observer, last, over]);
      gone[observer] = 1;
      because(observer, last, over);
      return undefined;
    }
    if (earliest >= 0) raise(observer, from[earliest]!, earliest);
    const lastsUntil = latest < 0 ? -1 : until[latest]!;
    const end = lastsUntil === NEVER ? -1 : closer(value, lastsUntil);
    if (end >= 0 && end !== observer) lower(observer, until[end]!, latest, end);
    return possible === 1 && sure[observer] === 1 ? tie(only, observer, value) : undefined;
  };

  /** Nobody else can have given it: the giver happened, and between the two of them there was no other value. */
  const tie = (giver: number, observer: number, value: number): readonly number[] | undefined => {
    if (giver >= 0) {
      if (sure[giver] === 0) {
        sure[giver] = 1;
        because(giver, observer);
      }
      lower(giver, until[observer]!, observer);
    }
    const [ended, begun] = [giver < 0 ? -1 : until[giver]!, from[observer]!];
    for (let each = 0; each < size; each++) {
      if (each === giver || each === observer || !shows(each, value)) continue;
      if (until[each]! < begun && giver >= 0) raise(giver, from[each]!, each, observer);
      if (from[each]! > ended) raise(each, begun, giver, observer);
      if (until[each]! < begun && from[each]! > ended) return allReasons([giver, observer, each]);
      if (ended < begun && until[each]! < begun) lower(each, ended, giver, observer);
    }
    return undefined;
  };

  for (let round = 0; changed && round < ROUNDS; round++) {
    changed = false;
    for (let each = 0; each < size; each++) {
      if (gone[each] === 1) continue;
      if (from[each]! > until[each]!) {
        if (sure[each] === 1) return allReasons([each]);
        gone[each] = 1;
        changed = true;
        continue;
      }
      if (saw[each] === NOTHING) continue;
      const found = weigh(each);
      if (found) return found;
    }
  }
  return undefined;
}
