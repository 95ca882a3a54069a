/**
 * The general search: Wing and Gong 1993, with Lowe's memory of configurations (2017). Any model, any history.
 *
 * Depth-first: take an operation that nobody must precede, let the model step, go on; back off when stuck. The history is a
 * linked list of calls and returns in one Int32Array; an operation is taken by unlinking both, and the candidates are the
 * calls before the first return. A configuration met before is not entered again: its identity is the lowest operation not
 * yet taken, the bits of those taken above it, the state's id, and which crashed operations were used.
 *
 * Two things keep it small. Observers are taken as soon as they fit, which can never hurt. Crashed operations are no part of
 * the list: they may come at any time after their invocation, or never, and of those with equal arguments only the
 * number used matters, the earliest first. Exponential in the worst case; the memory bounds it to configurations.
 */
import { FAIL, INFO, OK } from '../../history/index.ts';
import { compile, type Automaton } from './automaton.ts';
import type { Budget } from './budget.ts';
import { crashUsage } from './crash-usage.ts';
import { eventOrder } from './event-order.ts';
import type { Model } from './model.ts';
import type { Outcome } from './outcome.ts';
import type { Subhistory } from './subhistory.ts';
import { tupleTable } from './tuples.ts';

/** How often the budget is asked: every so many configurations. */
const ASK_EVERY = 1024;

export function wgl(part: Subhistory, model: Model, budget: Budget): Outcome {
  const automaton = compile(part, model);
  const { required, crashed } = sortOut(part, model, automaton);
  return search(part, automaton, required, crashed, budget);
}

/** Crashed operations of one class, which are interchangeable. */
interface CrashClass {
  readonly operationClass: number;
  /** Rows, in order of invocation. */
  readonly rows: readonly number[];
}

interface Required {
  /** Rows that must be placed, in order of invocation: their index here is their rank. */
  readonly rows: Int32Array;
  readonly classOf: Int32Array;
  readonly observer: Uint8Array;
}

function sortOut(part: Subhistory, model: Model, automaton: Automaton): { required: Required; crashed: CrashClass[] } {
  const { history, rows } = part;
  const observer = automaton.classes.map((operation) => model.observer?.(operation) ?? false);
  const kept = automaton.classes.map(
    (operation) => operation.outcome !== 'fail' || (model.keepsFailed?.(operation) ?? false),
  );
  const places: number[] = [];
  const crashes = new Map<number, number[]>();
  rows.forEach((row, place) => {
    const id = automaton.classOf[place]!;
    if (history.outcome[row] === OK || (history.outcome[row] === FAIL && kept[id] === true)) places.push(place);
    if (history.outcome[row] !== INFO || observer[id] === true) return;
    const same = crashes.get(id);
    if (same) same.push(row);
    else crashes.set(id, [row]);
  });
  const classOf = Int32Array.from(places, (place) => automaton.classOf[place]!);
  return {
    required: {
      rows: Int32Array.from(places, (place) => rows[place]!),
      classOf,
      observer: Uint8Array.from(classOf, (id) => (observer[id] === true ? 1 : 0)),
    },
    crashed: [...crashes].map(([operationClass, members]) => ({ operationClass, rows: members })),
  };
}

function search(
  part: Subhistory,
  automaton: Automaton,
  required: Required,
  crashed: readonly CrashClass[],
  budget: Budget,
): Outcome {
  const { history } = part;
  const size = required.rows.length;
  const usage = crashUsage(crashed.length);
  const visited = tupleTable(1024);

  // Nodes: 0 is the head, 1 + rank a call, 1 + size + rank a return; -1 ends the list.
  const next = new Int32Array(2 * size + 1).fill(-1);
  const previous = new Int32Array(2 * size + 1).fill(-1);
  link(eventOrder(history, required.rows), size, next, previous);
  const returnPosition = (node: number) => history.complete[required.rows[node - 1 - size]!]!;

  // The stack: what was taken (a rank, or ~crash class), which of its successor states, and what to restore.
  const depthMax = size + crashed.reduce((sum, { rows }) => sum + rows.length, 0) + 1;
  const taken = new Int32Array(depthMax);
  const choice = new Int32Array(depthMax);
  const stateBefore = new Int32Array(depthMax);
  const usageBefore = new Int32Array(depthMax);
  const highBefore = new Int32Array(depthMax);
  const forced = new Uint8Array(depthMax);
  let depth = 0;
  let state = automaton.initial;
  let used = usage.none;
  let remaining = size;
  /** One bit per rank taken, and the highest rank among them. */
  const bits = new Int32Array((size >>> 5) + 1);
  let high = -1;
  const words = new Int32Array(bits.length + 3);

  const push = (what: number, alternative: number, isForced: number, nextState: number) => {
    taken[depth] = what;
    choice[depth] = alternative;
    stateBefore[depth] = state;
    usageBefore[depth] = used;
    highBefore[depth] = high;
    forced[depth] = isForced;
    depth++;
    state = nextState;
    if (what < 0) {
      used = usage.plus(used, ~what);
      return;
    }
    remaining--;
    bits[what >>> 5]! |= 1 << (what & 31);
    if (what > high) high = what;
    for (const node of [1 + what, 1 + size + what]) {
      const [before, after] = [previous[node]!, next[node]!];
      next[before] = after;
      if (after >= 0) previous[after] = before;
    }
  };

  const pop = () => {
    depth--;
    const what = taken[depth]!;
    state = stateBefore[depth]!;
    used = usageBefore[depth]!;
    if (what < 0) return;
    remaining++;
    bits[what >>> 5]! &= ~(1 << (what & 31));
    high = highBefore[depth]!;
    for (const node of [1 + size + what, 1 + what]) {
      const [before, after] = [previous[node]!, next[node]!];
      next[before] = node;
      if (after >= 0) previous[after] = node;
    }
  };

  const settle = () => {
    for (let node = next[0]!; node > 0 && node <= size; node = next[node]!) {
      const rank = node - 1;
      if (required.observer[rank] === 0 || automaton.step(state, required.classOf[rank]!).length === 0) continue;
      push(rank, 0, 1, state);
      // Its own return may have been the next node: go on from the one before it, which is still linked.
      node = previous[node]!;
    }
  };

  const isNew = (): boolean => {
    if (remaining === 0) return true;
    const low = next[0]! - 1;
    words[0] = low;
    words[1] = state;
    words[2] = used;
    let length = 3;
    for (let word = low >>> 5; word <= high >>> 5 && high > low; word++) words[length++] = bits[word]!;
    const before = visited.count();
    visited.intern(words, length);
    return visited.count() > before;
  };

  /** Takes it, lets observers follow; undone again if that leads where the search has been. */
  const enter = (what: number, alternative: number, nextState: number): boolean => {
    const mark = depth;
    push(what, alternative, 0, nextState);
    settle();
    if (isNew()) return true;
    while (depth > mark) pop();
    return false;
  };

  const longest = longestStack(taken);
  settle();
  let node = next[0]!;
  let crash = 0;
  let alternative = 0;
  for (let configurations = 0; remaining > 0;) {
    let entered = false;
    for (; node > 0 && node <= size; node = next[node]!, alternative = 0) {
      const successors = automaton.step(state, required.classOf[node - 1]!);
      while (!entered && alternative < successors.length)
        entered = enter(node - 1, alternative, successors[alternative++]!);
      if (entered) break;
    }
    for (; !entered && crash < crashed.length; crash++, alternative = 0) {
      const { operationClass, rows } = crashed[crash]!;
      const row = rows[usage.of(used, crash)];
      if (row === undefined || history.invoke[row]! > returnPosition(node)) continue;
      const successors = automaton.step(state, operationClass);
      while (!entered && alternative < successors.length) {
        const successor = successors[alternative++]!;
        if (successor !== state) entered = enter(~crash, alternative - 1, successor);
      }
      if (entered) break;
    }
    if (entered) {
      node = next[0]!;
      crash = 0;
      alternative = 0;
      if (++configurations % ASK_EVERY > 0) continue;
      const reason = budget.exceeded(visited.bytes() + usage.bytes() + automaton.bytes());
      if (reason !== undefined) return { judgement: 'unknown', algorithm: 'wgl', reason, reached: longest.blockedAt() };
      continue;
    }
    longest.offer(returnPosition(node), depth);
    while (depth > 0 && forced[depth - 1] === 1) pop();
    if (depth === 0) {
      return {
        judgement: 'invalid',
        algorithm: 'wgl',
        cut: longest.blockedAt(),
        witnesses: [],
        longest: rowsOf(longest.stack(), required, crashed),
      };
    }
    pop();
    longest.shrink(depth);
    const what = taken[depth]!;
    alternative = choice[depth]! + 1;
    crash = what < 0 ? ~what : 0;
    node = what < 0 ? firstReturn(next, size) : 1 + what;
  }
  return { judgement: 'valid', algorithm: 'wgl', order: rowsOf(taken.subarray(0, depth), required, crashed) };
}

function firstReturn(next: Int32Array, size: number): number {
  let node = next[0]!;
  while (node > 0 && node <= size) node = next[node]!;
  return node;
}

/** Links calls and returns in the order of their events. */
function link(events: Int32Array, size: number, next: Int32Array, previous: Int32Array): void {
  let tail = 0;
  for (const event of events) {
    const node = event >= 0 ? 1 + event : 1 + size + ~event;
    next[tail] = node;
    previous[node] = tail;
    tail = node;
  }
}

/** The deepest stack seen, by the return it could not get past; kept up to date by copying only what changed. */
function longestStack(taken: Int32Array) {
  const best = new Int32Array(taken.length);
  let bestDepth = 0;
  let blocked = -1;
  let shared = 0;
  return {
    offer(at: number, depth: number) {
      if (at < blocked || (at === blocked && depth <= bestDepth)) return;
      for (let index = shared; index < depth; index++) best[index] = taken[index]!;
      blocked = at;
      bestDepth = depth;
      shared = depth;
    },
    shrink(depth: number) {
      if (depth < shared) shared = depth;
    },
    blockedAt: () => blocked,
    stack: () => best.subarray(0, bestDepth),
  };
}

/** Rows of a stack: the nth use of a crash class is its nth row. */
function rowsOf(stack: Int32Array, required: Required, crashed: readonly CrashClass[]): number[] {
  const uses = new Array<number>(crashed.length).fill(0);
  return Array.from(stack, (what) => {
    if (what >= 0) return required.rows[what]!;
    const crash = ~what;
    const use = uses[crash] ?? 0;
    uses[crash] = use + 1;
    return crashed[crash]!.rows[use]!;
  });
}
