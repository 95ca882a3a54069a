/**
 * Locks and semaphores: decided by scheduling, in n log n.
 *
 * Acquires are interchangeable but for their times, and so are releases. Nothing has to happen before the moment somebody's
 * completion demands it, and waiting only widens the choice. So: at each completion, let that operation happen if it has not;
 * if the permits do not allow it, let one of the other kind happen first, of those invoked the one that completes first. If
 * there is none, the history is not linearizable.
 */
import { FAIL, INFO, NEVER } from '../../../history/index.ts';
import type { Subhistory } from '../subhistory.ts';
import type { Witnesses } from './elements.ts';
import { poolOf } from './scheduling.ts';

/** An acquire or a release that may happen between two positions. `end` is NEVER if it need not happen. */
export interface Turn {
  readonly row: number;
  readonly acquires: boolean;
  readonly begin: number;
  readonly end: number;
}

/** In order of invocation; undefined if something else is among them. */
export function turnsOf({ history, rows }: Subhistory): Turn[] | undefined {
  const { fs, f, outcome, invoke, complete } = history;
  const turns: Turn[] = [];
  for (const row of rows) {
    const name = fs[f[row]!];
    if (outcome[row] === FAIL) continue;
    if (name !== 'acquire' && name !== 'release') return undefined;
    const end = outcome[row] === INFO ? NEVER : complete[row]!;
    turns.push({ row, acquires: name === 'acquire', begin: invoke[row]!, end });
  }
  return turns;
}

/**
 * Rows of a violation: all that happened since the permits were last known for sure, up to the one that does not fit; undefined
 * if it is linearizable. `turns` in order of `begin`; of those that end together, earlier ones come first.
 */
export function judgeSemaphore(turns: readonly Turn[], permits: number, heldAtFirst: number): Witnesses | undefined {
  const pools = { acquires: poolOf(), releases: poolOf() };
  let held = heldAtFirst;
  let next = 0;
  let pending = 0;
  let windowStart = 0;
  const ending = turns.filter(({ end }) => end !== NEVER).sort((a, b) => a.end - b.end);
  for (const turn of ending) {
    for (; next < turns.length && turns[next]!.begin < turn.end; next++) {
      const { row, acquires, end } = turns[next]!;
      if (pending === 0 && held === heldAtFirst) windowStart = next;
      pending++;
      (acquires ? pools.acquires : pools.releases).open(row, end);
    }
    const [own, other] = turn.acquires ? [pools.acquires, pools.releases] : [pools.releases, pools.acquires];
    if (own.take(turn.row)) {
      if (held === (turn.acquires ? permits : 0)) {
        if (other.takeNext() < 0) return turns.slice(windowStart, next).map(({ row }) => row);
        held += turn.acquires ? -1 : 1;
      }
      held += turn.acquires ? 1 : -1;
    }
    pending--;
  }
  return undefined;
}
