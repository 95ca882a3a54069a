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

/** Words of an entry. */
const [WHAT, CHOICE, STATE, USED, FRONT, FORCED, STRIDE] = [0, 1, 2, 3, 4, 5, 6] as const;

/** For at most `size` moves. */
export function trail(size: number): Trail {
  const entries = new Int32Array(STRIDE * size);
  const best = new Int32Array(size);
  let depth = 0;
  let bestDepth = 0;
  let blocked = -1;
  /** So many of the best are those of the path as it is: only others are copied. */
  let common = 0;
  return {
    depth: () => depth,
    push(what, choice, isForced, state, used, front) {
      const entry = STRIDE * depth++;
      entries[entry + WHAT] = what;
      entries[entry + CHOICE] = choice;
      entries[entry + STATE] = state;
      entries[entry + USED] = used;
      entries[entry + FRONT] = front;
      entries[entry + FORCED] = isForced ? 1 : 0;
    },
    pop() {
      depth--;
      if (depth < common) common = depth;
      return entries[STRIDE * depth + WHAT]!;
    },
    choice: () => entries[STRIDE * depth + CHOICE]!,
    state: () => entries[STRIDE * depth + STATE]!,
    used: () => entries[STRIDE * depth + USED]!,
    front: () => entries[STRIDE * depth + FRONT]!,
    isForced: () => depth > 0 && entries[STRIDE * (depth - 1) + FORCED] === 1,
    moves: () => Int32Array.from({ length: depth }, (_, index) => entries[STRIDE * index + WHAT]!),
    stuckAt(event) {
      if (event < blocked || (event === blocked && depth <= bestDepth)) return;
      for (let index = common; index < depth; index++) best[index] = entries[STRIDE * index + WHAT]!;
      blocked = event;
      bestDepth = depth;
      common = depth;
    },
    furthest: () => blocked,
    longest: () => best.subarray(0, bestDepth),
    bytes: () => 4 * (entries.length + best.length),
  };
}
