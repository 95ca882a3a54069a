/**
 * Depth-first: Wing and Gong 1993, with Lowe's memory of configurations (2017).
 *
 * Events are read in order up to the first return of an operation that has not been placed; there one of the open operations
 * is placed, the model steps, and reading goes on; where none leads on, the last choice is taken back. A configuration is
 * the place among the events, the open operations that are done, the state, and how many crashed operations of each
 * class were used; one that was met before, or one that used more crashed operations than another did, is not entered.
 *
 * Observers are placed as soon as they fit, which can never hurt. Whoever returns first is tried first, and crashed
 * operations last: a history that is linearizable mostly is so in that order.
 */
import { configSet } from '../config-set.ts';
import { crashUsage } from '../crash-usage.ts';
import { NONE } from './moves.ts';
import { rowsOf, type SearchProblem } from './problem.ts';
import type { Search } from './search.ts';
import { trail } from './trail.ts';

export function depthFirst(problem: SearchProblem): Search {
  const { moves, classOf, shared, events, returnAt, slots, crashes, rows } = problem;
  const { slotOf } = slots;
  const { observer } = moves;
  const width = Math.max(1, (slots.count + 31) >>> 5);
  const [STATE, USAGE, FRONT, DONE] = [0, 1, 2, 3] as const;
  const usage = crashUsage(crashes.length);
  const visited = configSet(DONE + width, usage, Infinity);
  const config = new Int32Array(DONE + width);
  const path = trail(rows.length + crashes.reduce((sum, each) => sum + each.rows.length, 0));
  /** By slot: the rank of the operation that is open there, or -1. */
  const openIn = new Int32Array(slots.count).fill(-1);
  const done = new Int32Array(width);
  let front = 0;
  let state = moves.initial;
  let used = usage.none;

  const isDone = (slot: number) => ((done[slot >>> 5]! >>> (slot & 31)) & 1) === 1;
  const flip = (slot: number) => {
    done[slot >>> 5]! ^= 1 << (slot & 31);
  };

  const place = (what: number, choice: number, isForced: boolean, next: number) => {
    path.push(what, choice, isForced, state, used, front);
    state = next;
    if (what >= 0) flip(slotOf[what]!);
    else used = usage.plus(used, ~what);
  };

  const takeBack = () => {
    const what = path.pop();
    for (; front > path.front(); front--) {
      const event = events[front - 1]!;
      if (event >= 0) openIn[slotOf[event]!] = -1;
      else {
        openIn[slotOf[~event]!] = ~event;
        flip(slotOf[~event]!);
      }
    }
    if (what >= 0) flip(slotOf[what]!);
    state = path.state();
    used = path.used();
    return what;
  };

  const placeIfSeen = (rank: number) => {
    if (observer[classOf[rank]!] === 0 || moves.next(state, classOf[rank]!, 0) === NONE) return;
    place(rank, 0, true, state);
  };

  /** Places open observers that fit the state, and reads on to the next return of an operation that is not done. */
  const readOn = () => {
    for (let slot = 0; slot < openIn.length; slot++)
      if (openIn[slot]! >= 0 && !isDone(slot)) placeIfSeen(openIn[slot]!);
    for (; front < events.length; front++) {
      const event = events[front]!;
      const slot = slotOf[event >= 0 ? event : ~event]!;
      if (event >= 0) openIn[slot] = event;
      else if (isDone(slot)) {
        flip(slot);
        openIn[slot] = -1;
      } else return;
      if (event >= 0 && observer[classOf[event]!] === 1 && moves.next(state, classOf[event]!, 0) !== NONE) {
        // It is taken back before its call is read backwards.
        front++;
        place(event, 0, true, state);
        front--;
      }
    }
  };

  const isNew = (): boolean => {
    config[STATE] = state;
    config[USAGE] = used;
    config[FRONT] = front;
    for (let word = 0; word < width; word++) config[DONE + word] = done[word]!;
    return visited.add(config) >= 0;
  };

  /** Places it and reads on; takes that back if it leads where the search has been. */
  const enter = (what: number, choice: number, next: number): boolean => {
    const depth = path.depth();
    place(what, choice, false, next);
    readOn();
    if (front === events.length || isNew()) return true;
    while (path.depth() > depth) takeBack();
    return false;
  };

  /** The open operation not yet done that returns first after event index `after`; -1 if there is none. */
  const returningAfter = (after: number): number => {
    let best = -1;
    let bestAt = 0;
    for (let slot = 0; slot < openIn.length; slot++) {
      const rank = openIn[slot]!;
      if (rank < 0 || isDone(slot)) continue;
      const at = returnAt[rank]!;
      if (at > after && (best < 0 || at < bestAt)) [best, bestAt] = [rank, at];
    }
    return best;
  };

  /** Whether an open operation of its class returns before: that one can stand for it. */
  const isStoodFor = (rank: number): boolean => {
    if (shared[rank] === 0) return false;
    for (let slot = 0; slot < openIn.length; slot++) {
      const other = openIn[slot]!;
      if (other < 0 || isDone(slot) || classOf[other] !== classOf[rank]) continue;
      if (returnAt[other]! < returnAt[rank]!) return true;
    }
    return false;
  };

  // What to try next in this configuration: an operation, or, once there are no more, a crash class; and which choice.
  let rank = -1;
  let crash = 0;
  let choice = 0;
  const startHere = () => {
    rank = returningAfter(-1);
    crash = 0;
    choice = 0;
  };

  /** Enters the next configuration that is new, if there is one; counts what it tried. */
  const goOn = (): boolean => {
    for (; rank >= 0; rank = returningAfter(returnAt[rank]!), choice = 0) {
      if (choice === 0 && isStoodFor(rank)) continue;
      for (let next = nextOf(classOf[rank]!); next !== NONE; next = nextOf(classOf[rank]!)) {
        if (enter(rank, choice++, next)) return true;
      }
    }
    const now = returnAt[~events[front]!]!;
    for (; crash < crashes.length; crash++, choice = 0) {
      const { operationClass, invoked } = crashes[crash]!;
      const invokedAt = invoked[usage.of(used, crash)];
      if (invokedAt === undefined || invokedAt > now) continue;
      for (let next = nextOf(operationClass); next !== NONE; next = nextOf(operationClass)) {
        if (next !== state && enter(~crash, choice, next)) return true;
        choice++;
      }
    }
    return false;
  };
  const nextOf = (operationClass: number): number => {
    tried++;
    return moves.next(state, operationClass, choice);
  };
  let tried = 0;

  readOn();
  startHere();
  return {
    bytes: () => visited.bytes() + usage.bytes() + path.bytes(),
    reached() {
      const at = front < events.length ? returnAt[~events[front]!]! : Infinity;
      return at >= path.furthest()
        ? { at, placed: path.depth() }
        : { at: path.furthest(), placed: path.longest().length };
    },
    run(configurations) {
      for (tried = 0; tried <= configurations;) {
        if (front === events.length) return { judgement: 'valid', order: rowsOf(problem, path.moves()) };
        if (goOn()) {
          startHere();
          continue;
        }
        path.stuckAt(returnAt[~events[front]!]!);
        while (path.isForced()) takeBack();
        if (path.depth() === 0) {
          return { judgement: 'invalid', cut: path.furthest(), longest: rowsOf(problem, path.longest()) };
        }
        const what = takeBack();
        choice = path.choice() + 1;
        crash = what < 0 ? ~what : 0;
        rank = what;
        tried++;
      }
      return undefined;
    },
  };
}
