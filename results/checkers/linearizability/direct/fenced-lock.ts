/**
 * A lock with fencing tokens: a chain, or a schedule.
 *
 * Tokens say in which order the lock was acquired. Where releases name the token they give back, all is one sequence: acquire,
 * release, acquire, release. Where they do not, the acquires' times are narrowed by their order (none begins before, or
 * ends after, its neighbours allow) and the rest is scheduling as with any lock.
 */
import { INFO, OK, type History, type Value } from '../../../history/index.ts';
import type { Subhistory } from '../subhistory.ts';
import type { Witnesses } from './elements.ts';
import { judgeSemaphore, turnsOf, type Turn } from './semaphore.ts';
import { inSequence } from './sequence.ts';

/** Rows of a violation; undefined if it is linearizable; `unsuited` where tokens are missing or do not say enough. */
export function judgeFencedLock(part: Subhistory): Witnesses | undefined | 'unsuited' {
  const { history } = part;
  const turns = turnsOf(part);
  if (!turns) return 'unsuited';
  const granted = turns.filter(({ row, acquires }) => acquires && history.outcome[row] === OK);
  const releases = turns.filter(({ acquires }) => !acquires);
  const token = ({ row }: Turn): Value => history.values[history.output[row]!] ?? null;
  const returned = ({ row }: Turn): Value => history.values[history.input[row]!] ?? null;
  const named = releases.filter((release) => returned(release) !== null);
  if (named.length === 0 && granted.every((turn) => token(turn) === null)) return judgeSemaphore(turns, 1, 0);
  if (granted.some((turn) => typeof token(turn) !== 'number')) return 'unsuited';
  const order = granted.toSorted((a, b) => Number(token(a)) - Number(token(b)));
  const again = order.findIndex((turn, index) => index > 0 && token(turn) === token(order[index - 1] ?? turn));
  if (named.length > 0) {
    const crashed = turns.some(({ row, acquires }) => acquires && history.outcome[row] === INFO);
    if (again >= 0 || named.length < releases.length) return 'unsuited';
    const proof = judgeChain(history, order, releases, token, returned);
    // A crashed acquire has a token that nobody knows: a release may have named it.
    return proof && crashed ? 'unsuited' : proof;
  }
  if (again >= 0) return [order[again]?.row ?? 0, order[again - 1]?.row ?? 0];
  const reversed = inSequence(
    history,
    order.map(({ row }) => [row]),
  );
  return reversed ?? judgeSemaphore(narrowed(turns, order), 1, 0);
}

function judgeChain(
  history: History,
  order: readonly Turn[],
  releases: readonly Turn[],
  token: (turn: Turn) => Value,
  returned: (turn: Turn) => Value,
): Witnesses | undefined {
  const tokens = new Set(order.map(token));
  const releaseOf = new Map<Value, Turn>();
  for (const release of releases) {
    const done = history.outcome[release.row] === OK;
    const before = releaseOf.get(returned(release));
    // The holder is known at any time: it is released with its own token, and once.
    if (done && !tokens.has(returned(release))) return [release.row];
    if (done && before && history.outcome[before.row] === OK) return [release.row, before.row];
    if (done || !before) releaseOf.set(returned(release), release);
  }
  const groups: number[][] = [];
  for (const [index, turn] of order.entries()) {
    const release = releaseOf.get(token(turn));
    const following = order[index + 1];
    if (!release && following) return [following.row, turn.row];
    groups.push([turn.row]);
    if (release && (following || history.outcome[release.row] === OK)) groups.push([release.row]);
  }
  // A release is nothing without the acquire that it ends.
  const acquireOf = new Map(order.map((turn) => [releaseOf.get(token(turn))?.row, turn.row]));
  return inSequence(history, groups)?.flatMap((row) => [row, acquireOf.get(row) ?? row]);
}

/** The same turns, the acquires that were granted narrowed by their order. In order of `begin`. */
function narrowed(turns: readonly Turn[], order: readonly Turn[]): Turn[] {
  const narrow = new Map<number, Turn>();
  let begin = -1;
  for (const turn of order) {
    begin = Math.max(begin, turn.begin);
    narrow.set(turn.row, { ...turn, begin });
  }
  let end = Infinity;
  for (const turn of order.toReversed()) {
    end = Math.min(end, turn.end);
    narrow.set(turn.row, { ...turn, begin: narrow.get(turn.row)?.begin ?? turn.begin, end });
  }
  const rank = new Map(order.map(({ row }, index) => [row, index]));
  return turns
    .map((turn) => narrow.get(turn.row) ?? turn)
    .sort((a, b) => a.begin - b.begin || (rank.get(a.row) ?? 0) - (rank.get(b.row) ?? 0));
}
