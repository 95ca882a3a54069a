/**
 * The path of a depth-first search: what was placed, with all that it takes to take it back, and the longest it ever was.
 */

export interface Trail {
  depth(): number;
  push(what: number, choice: number, isForced: boolean, state: number, used: number, front: number): void;
  /** Takes the last one off and says what it was; what was pushed with it can be asked for until the next push. */
  pop(): number;
  choice(): number;
  state(): number;
  used(): number;
  front(): number;
  /** Whether the last one was no choice. */
  isForced(): boolean;
  moves(): Int32Array;
  /** Notes that the path as it is got no further than the event at this index. */
  stuckAt(event: number): void;
  /** The largest index noted; -1 at first. */
  furthest(): number;
  /** The path that got there. */
  longest(): Int32Array;
  bytes(): number;
}

/** For at most `size` moves. */
export function trail(size: number): Trail {
  const what = new Int32Array(size);
  const choice = new Int32Array(size);
  const states = new Int32Array(size);
  const usages = new Int32Array(size);
  const fronts = new Int32Array(size);
  const forced = new Uint8Array(size);
  let depth = 0;
  const best = new Int32Array(size);
  let bestDepth = 0;
  let blocked = -1;
  /** So many of the best are those of the path as it is: only others are copied. */
  let common = 0;
  return {
    depth: () => depth,
    push(move, alternative, isForced, state, used, front) {
      what[depth] = move;
      choice[depth] = alternative;
      states[depth] = state;
      usages[depth] = used;
      fronts[depth] = front;
      forced[depth++] = isForced ? 1 : 0;
    },
    pop() {
      depth--;
      if (depth < common) common = depth;
      return what[depth]!;
    },
    choice: () => choice[depth]!,
    state: () => states[depth]!,
    used: () => usages[depth]!,
    front: () => fronts[depth]!,
    isForced: () => depth > 0 && forced[depth - 1] === 1,
    moves: () => what.subarray(0, depth),
    stuckAt(event) {
      if (event < blocked || (event === blocked && depth <= bestDepth)) return;
      for (let index = common; index < depth; index++) best[index] = what[index]!;
      blocked = event;
      bestDepth = depth;
      common = depth;
    },
    furthest: () => blocked,
    longest: () => best.subarray(0, bestDepth),
    bytes: () => 25 * size,
  };
}
