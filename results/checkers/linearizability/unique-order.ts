/**
 * The certificate of the unique-register algorithm: an order that a person, or `replays`, can follow.
 *
 * Blocks in order of a point in time: a forward zone's first completion; for a backward zone its start, or just after the
 * forward zone that covers that. Inside a block the chain's clusters one after another, each write before its reads.
 */
import { NEVER, OK, type History } from '../../history/index.ts';
import type { RegisterRules } from './model.ts';
import { READ, type RegisterValues } from './register-values.ts';
import type { Subhistory } from './subhistory.ts';
import { DOUBTFUL, NONE, type Clusters } from './unique-register.ts';

/** Rows in a linearizable order. `clusters` must come from a valid verdict on the same part. n log n. */
export function uniqueOrder(
  part: Subhistory,
  rules: RegisterRules,
  values: RegisterValues,
  clusters: Clusters,
): number[] {
  const { writer, child } = clusters;
  const { rows } = part;
  const { seen, blind } = readsOf(part, rules, values, clusters);
  const order: number[] = [];
  for (const root of orderedRoots(clusters)) {
    for (let cluster = root; cluster !== NONE; cluster = child[cluster]!) {
      if (cluster > 0) order.push(rows[writer[cluster]!]!);
      order.push(...(seen[cluster] ?? []));
    }
  }
  return withBlindReads(part.history, order, blind);
}

/** Reads by cluster, and those that saw nothing; each in order of invocation. */
function readsOf({ history, rows }: Subhistory, rules: RegisterRules, values: RegisterValues, clusters: Clusters) {
  const clusterOf = new Map<number, number>([[values.init, 0]]);
  for (let cluster = 1; cluster < clusters.count; cluster++) {
    const row = rows[clusters.writer[cluster]!]!;
    const input = history.input[row]!;
    clusterOf.set(clusters.parent[cluster] === NONE ? input : values.next[input]!, cluster);
  }
  const seen: number[][] = [];
  const blind: number[] = [];
  for (const row of rows) {
    if (history.outcome[row] !== OK || values.kindOf[history.f[row]!] !== READ) continue;
    const value = history.output[row]!;
    if (rules.nilReadMatchesAnything && value === 0) blind.push(row);
    else (seen[clusterOf.get(value) ?? 0] ??= []).push(row);
  }
  return { seen, blind };
}

function orderedRoots(clusters: Clusters): number[] {
  const { count, parent, child, fate } = clusters;
  const zones: { root: number; first: number; last: number; place: number }[] = [];
  for (let root = 0; root < count; root++) {
    if (fate[root] === DOUBTFUL || parent[root] !== NONE) continue;
    let [first, last] = [NEVER, -1];
    for (let cluster = root; cluster !== NONE; cluster = child[cluster]!) {
      first = Math.min(first, clusters.first[cluster]!);
      last = Math.max(last, clusters.last[cluster]!);
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
