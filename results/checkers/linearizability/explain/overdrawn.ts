/**
 * A lock granted while it was held, found directly, by counting.
 *
 * More acquires were acknowledged than there are permits and releases asked for: from the beginning, or since another acquire
 * that surely came before. An acquire that was acknowledged and a release may be left out together, as that leaves the
 * difference as it is: so a few acquires are enough. The same with acquire and release changed over: a lock was
 * released that nobody held.
 */
import { NEVER } from '../../../history/index.ts';
import type { Shape } from '../model.ts';
import { turnsOf, type Turn } from '../direct/semaphore.ts';
import type { Subhistory } from '../subhistory.ts';

export interface Overdrawn {
  /** What was given too often: acquires, or releases. */
  readonly acquires: boolean;
  /** Rows of these, in order of completion; the last is one too many. */
  readonly given: readonly number[];
  /** All of the other kind that can have come between the first of those and the last. Empty with `counts`. */
  readonly between: readonly number[];
  /** Before all of them: the acquire of a first release. */
  readonly before?: number;
  /** Counted from the beginning, with most left out: how many were acknowledged, and how many of the other kind asked for. */
  readonly counts?: { readonly given: number; readonly asked: number };
}

type Semaphore = Extract<Shape, { kind: 'semaphore' }>;

/** So many before the last one too many are counted from. */
const RECENT = 200;
/** Beyond this size counting tells more than showing. */
const LARGE = 8;

/** Undefined if counting alone shows nothing. n log n. */
export function overdrawn(part: Subhistory, semaphore: Semaphore): Overdrawn | undefined {
  const turns = turnsOf(part);
  if (!turns) return undefined;
  const found = [true, false].flatMap((acquires) => {
    const done = turns.filter((turn) => turn.acquires === acquires && turn.end !== NEVER);
    const others = turns.filter((turn) => turn.acquires !== acquires);
    done.sort((a, b) => a.end - b.end);
    return [shown(done, others, acquires, semaphore) ?? counted(part, done, others, acquires, semaphore)];
  });
  return found.filter((each) => each !== undefined).sort((a, b) => rowsOf(a).length - rowsOf(b).length)[0];
}

export function rowsOf({ given, between, before }: Overdrawn): Int32Array {
  return Int32Array.from([...given, ...between, ...(before === undefined ? [] : [before])]).sort();
}

/** Since one that surely came before. Only where nothing is held at first: else the first would look wrong by itself. */
function shown(
  done: readonly Turn[],
  others: readonly Turn[],
  acquires: boolean,
  { permits, held }: Semaphore,
): Overdrawn | undefined {
  if (held > 0 || (!acquires && permits > 1)) return undefined;
  let best: Overdrawn | undefined;
  for (let place = done.length - 1, least = Math.max(0, place - RECENT); place >= least; place--) {
    const found = countFrom(done.slice(place), others, acquires, permits, best ? rowsOf(best).length - 1 : LARGE);
    if (found) best = found;
  }
  return best;
}

/** Counts from the first on, until the witness would be larger than `limit`. */
function countFrom(
  [first, ...rest]: readonly Turn[],
  others: readonly Turn[],
  acquires: boolean,
  permits: number,
  limit: number,
): Overdrawn | undefined {
  if (!first) return undefined;
  const given = [first.row];
  for (const turn of rest.slice(0, 2 * limit)) {
    if (turn.begin < first.end) continue;
    given.push(turn.row);
    const between = others.filter(({ begin, end }) => end > first.begin && begin < turn.end);
    if (given.length + between.length > limit) return undefined;
    if (given.length - between.length <= permits) continue;
    const before = acquires ? undefined : others.findLast(({ end }) => end < first.begin)?.row;
    if (!acquires && before === undefined) return undefined;
    return { acquires, given, between: between.map(({ row }) => row), ...(before === undefined ? {} : { before }) };
  }
  return undefined;
}

/** From the beginning. Those are left out that their own process followed with one of the other kind. */
function counted(
  { history }: Subhistory,
  done: readonly Turn[],
  others: readonly Turn[],
  acquires: boolean,
  { permits, held }: Semaphore,
): Overdrawn | undefined {
  const free = acquires ? permits - held : held;
  let asked = 0;
  // Others come in order of invocation.
  const last = done.findIndex(({ end }, place) => {
    while (asked < others.length && others[asked]!.begin < end) asked++;
    return place + 1 - asked > free;
  });
  const excess = done[last];
  if (!excess) return undefined;
  const followed = new Map<number, number>();
  for (const { row, begin } of others) {
    const process = history.process[row]!;
    if (begin < excess.end) followed.set(process, (followed.get(process) ?? 0) + 1);
  }
  const alone = done.slice(0, last + 1).filter(({ row }) => {
    const process = history.process[row]!;
    const more = followed.get(process) ?? 0;
    followed.set(process, more - 1);
    return more <= 0 || row === excess.row;
  });
  const given = alone.slice(-(free + 1)).map(({ row }) => row);
  return given.length <= free ? undefined : { acquires, given, between: [], counts: { given: last + 1, asked } };
}
