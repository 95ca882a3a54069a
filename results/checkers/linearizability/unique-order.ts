/**
 * The certificate of the unique-register algorithm: an order that a person, or `replays`, can follow.
 *
 * Blocks in order of a point in time: a forward zone's first completion; for a backward zone its start, or just after the
 * forward zone that covers that. Inside a block the chain's clusters one after another, each write before its reads.
 */
import { NEVER, OK, type History } from '../../history/index.ts';
import { CHILD, FIRST, isObserved, LAST, sourceOf, WORDS, WRITER, writerOf, type Clusters } from './clusters.ts';
import { READ } from './register-values.ts';

/** Rows in a linearizable order. `clusters` must come from a valid verdict on one key. n log n. */
export function uniqueOrder(clusters: Clusters): number[] {
  const { seen, blind } = readsOf(clusters);
  const order: number[] = [];
  for (const root of orderedRoots(clusters)) {
    for (const cluster of chainFrom(clusters, root)) {
      if (cluster > 0) order.push(writerOf(clusters, cluster));
      order.push(...(seen[cluster] ?? []));
    }
  }
  return withBlindReads(clusters.history, order, blind);
}

/** Reads by cluster, and those that saw nothing; each in order of invocation. */
function readsOf(clusters: Clusters) {
  const { history, rows, rules, values } = clusters;
  const seen: number[][] = [];
  const blind: number[] = [];
  for (const row of rows ?? history.f.keys()) {
    if (history.outcome[row] !== OK || values.kindOf[history.f[row]!] !== READ) continue;
    const value = history.output[row]!;
    if (rules.nilReadMatchesAnything && value === 0) blind.push(row);
    else (seen[sourceOf(clusters, row, value)] ??= []).push(row);
  }
  return { seen, blind };
}

function* chainFrom({ words }: Clusters, root: number): Generator<number> {
  yield root;
  for (let own = words[root * WORDS + CHILD]!; own !== 0; own = words[own * WORDS + CHILD]!) yield own;
}

function orderedRoots(clusters: Clusters): number[] {
  const { words, ends } = clusters;
  const zones: { root: number; first: number; last: number; place: number }[] = [];
  for (let root = 0; root < ends[0]!; root++) {
    if (!isObserved(clusters, root) || words[root * WORDS + WRITER]! < 0) continue;
    let [first, last] = [NEVER, -1];
    for (const cluster of chainFrom(clusters, root)) {
      first = Math.min(first, words[cluster * WORDS + FIRST]!);
      last = Math.max(last, words[cluster * WORDS + LAST]!);
    }
    zones.push({ root, first, last, place: Math.min(first, last) });
  }
  zones.sort((a, b) => a.place - b.place);
  let openLast = -1;
  for (const zone of zones) {
    if (zone.first < zone.last) openLast = zone.last;
    else if (zone.last < openLast) zone.place = openLast;
  }
  return zones.sort((a, b) => a.place - b.place).map(({ root }) => root);
}

/** Each operation happens at the latest invocation up to it; a read that saw nothing goes where its own invocation falls. */
function withBlindReads(history: History, order: readonly number[], blind: readonly number[]): number[] {
  const merged: number[] = [];
  let next = 0;
  let pointInTime = -1;
  for (const row of order) {
    pointInTime = Math.max(pointInTime, history.invoke[row]!);
    while (next < blind.length && history.invoke[blind[next]!]! < pointInTime) merged.push(blind[next++]!);
    merged.push(row);
  }
  return [...merged, ...blind.slice(next)];
}
