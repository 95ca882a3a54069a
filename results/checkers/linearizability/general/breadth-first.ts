/**
 * Breadth-first, just in time: all the states that the history so far may have led to (Lowe 2017).
 *
 * Events are read in order; a call only opens its operation. At a return, each configuration in which that operation was not
 * yet placed is led on by all orders of open and crashed operations that end with it; where there are none, the
 * configuration dies. It needs no memory of the past but how it came to where it stands, and it knows a violation at the
 * event where there is one, however many orders there were before.
 */
import { crashUsage } from '../crash-usage.ts';
import { ancestry, ROOT } from './ancestry.ts';
import { layer, type Layer } from './layer.ts';
import { NONE } from './moves.ts';
import { rowsOf, type SearchProblem } from './problem.ts';
import type { Found, Search } from './search.ts';

export function breadthFirst(problem: SearchProblem): Search {
  const { moves, classOf, shared, events, returnAt, slots, crashes } = problem;
  const { slotOf } = slots;
  const { observer } = moves;
  const width = Math.max(1, (slots.count + 31) >>> 5);
  const [STATE, USAGE, DONE] = [0, 1, 2] as const;
  const stride = DONE + width;
  const usage = crashUsage(crashes.length);
  const past = ancestry();
  let frontier = layer(stride, usage);
  let following = layer(stride, usage);
  const explored = layer(stride, usage);
  const openIn = new Int32Array(slots.count).fill(-1);
  const config = new Int32Array(stride);
  const step = new Int32Array(stride);
  /** The next event; if `cursor` is not -1, it is a return, and so many of `explored` have been led on. */
  let front = 0;
  let cursor = -1;
  let placed = 0;
  let best = ROOT;
  let work = 0;

  const isDone = (words: Int32Array, base: number, slot: number) =>
    ((words[base + DONE + (slot >>> 5)]! >>> (slot & 31)) & 1) === 1;
  const flip = (words: Int32Array, base: number, slot: number) => {
    words[base + DONE + (slot >>> 5)]! ^= 1 << (slot & 31);
  };
  const load = (from: Layer, index: number) => {
    const words = from.words();
    for (let word = 0; word < stride; word++) config[word] = words[index * stride + word]!;
  };

  const call = (rank: number) => {
    const slot = slotOf[rank]!;
    openIn[slot] = rank;
    if (observer[classOf[rank]!] === 0) return;
    const words = frontier.words();
    for (let index = 0; index < frontier.size(); index++) {
      if (!frontier.isLive(index) || moves.next(words[index * stride + STATE]!, classOf[rank]!, 0) === NONE) continue;
      flip(words, index * stride, slot);
      frontier.setNode(index, past.add(frontier.nodeOf(index), rank));
    }
  };

  /** Into the next frontier, with the mark of what returned taken away. */
  const emit = (words: Int32Array, slot: number, node: number) => {
    flip(words, 0, slot);
    following.add(words, node);
  };

  /** Places `what` in `config`, lets observers follow, and keeps where that leads. */
  const lead = (what: number, state: number, node: number, returning: number) => {
    work++;
    for (let word = 0; word < stride; word++) step[word] = config[word]!;
    let last = past.add(node, what);
    step[STATE] = state;
    if (what >= 0) flip(step, 0, slotOf[what]!);
    else step[USAGE] = usage.plus(config[USAGE]!, ~what);
    for (let slot = 0; slot < openIn.length && state !== config[STATE]; slot++) {
      const rank = openIn[slot]!;
      if (rank < 0 || observer[classOf[rank]!] === 0 || isDone(step, 0, slot)) continue;
      if (moves.next(state, classOf[rank]!, 0) === NONE) continue;
      flip(step, 0, slot);
      last = past.add(last, rank);
    }
    if (isDone(step, 0, returning)) emit(step, returning, last);
    else explored.add(step, last);
  };

  /** Whether an open operation of its class that returns before can stand for it. */
  const isStoodFor = (rank: number): boolean => {
    if (shared[rank] === 0) return false;
    for (let slot = 0; slot < openIn.length; slot++) {
      const other = openIn[slot]!;
      if (other < 0 || classOf[other] !== classOf[rank] || isDone(config, 0, slot)) continue;
      if (returnAt[other]! < returnAt[rank]!) return true;
    }
    return false;
  };

  /** All that may be placed next in an explored configuration. */
  const expand = (index: number, returning: number, now: number) => {
    load(explored, index);
    const node = explored.nodeOf(index);
    const state = config[STATE]!;
    for (let slot = 0; slot < openIn.length; slot++) {
      const rank = openIn[slot]!;
      if (rank < 0 || isDone(config, 0, slot) || isStoodFor(rank)) continue;
      for (let choice = 0; ; choice++) {
        const next = moves.next(state, classOf[rank]!, choice);
        if (next === NONE) break;
        lead(rank, next, node, returning);
      }
    }
    for (let crash = 0; crash < crashes.length; crash++) {
      const { operationClass, invoked } = crashes[crash]!;
      const invokedAt = invoked[usage.of(config[USAGE]!, crash)];
      if (invokedAt === undefined || invokedAt > now) continue;
      for (let choice = 0; ; choice++) {
        const next = moves.next(state, operationClass, choice);
        if (next === NONE) break;
        if (next !== state) lead(~crash, next, node, returning);
      }
    }
  };

  /** Sorts the frontier at a return: who has done the operation, and who must be led on. */
  const begin = (returning: number) => {
    explored.clear();
    following.clear();
    for (let index = 0; index < frontier.size(); index++) {
      if (!frontier.isLive(index)) continue;
      load(frontier, index);
      const node = frontier.nodeOf(index);
      if (isDone(config, 0, returning)) emit(config, returning, node);
      else explored.add(config, node);
    }
    best = explored.size() > 0 ? explored.nodeOf(0) : best;
    cursor = 0;
  };

  /** Violation, if nobody got past the return. */
  const finish = (rank: number): Found | undefined => {
    if (following.size() === 0) {
      // Entries come in order of the number of moves: the last one got furthest.
      const longest = rowsOf(problem, past.path(explored.nodeOf(explored.size() - 1)));
      return { judgement: 'invalid', cut: returnAt[rank]!, longest };
    }
    [frontier, following] = [following, frontier];
    openIn[slotOf[rank]!] = -1;
    cursor = -1;
    front++;
    placed++;
    if (past.isDue()) past.sweep(frontier.nodes());
    return undefined;
  };

  frontier.add(config, ROOT);
  return {
    bytes: () => [frontier, following, explored, usage, past].reduce((sum, each) => sum + each.bytes(), 0),
    reached: () => ({ at: front < events.length ? eventAt(front) : -1, placed }),
    run(configurations) {
      for (work = 0; front < events.length;) {
        const event = events[front]!;
        if (event >= 0) {
          call(event);
          front++;
          continue;
        }
        const rank = ~event;
        const slot = slotOf[rank]!;
        if (cursor < 0) begin(slot);
        for (; cursor < explored.size(); cursor++) {
          if (work > configurations) return undefined;
          if (explored.isLive(cursor)) expand(cursor, slot, returnAt[rank]!);
        }
        work += frontier.size();
        const found = finish(rank);
        if (found) return found;
      }
      for (let index = 0; ; index++) {
        if (!frontier.isLive(index)) continue;
        return { judgement: 'valid', order: rowsOf(problem, past.path(frontier.nodeOf(index))) };
      }
    },
  };

  /** The event index in the history of the return that is next. */
  function eventAt(from: number): number {
    let at = from;
    while (events[at]! >= 0) at++;
    return returnAt[~events[at]!]!;
  }
}
