/**
 * Clusters chained to blocks: a cas reads one cluster's value and writes the next's, so nothing comes between the two.
 *
 * Crashed cas are settled first: one happened exactly if its value was seen by somebody who surely did, directly or
 * through other crashed cas; then what it saw itself was seen too, and so on.
 */
import { NEVER } from '../../history/index.ts';
import {
  CHILD,
  FIRST,
  isObserved,
  LAST,
  sourceOf,
  WORDS,
  WRITER,
  writerOf,
  type Clusters,
  type Complaint,
} from './clusters.ts';
import { adopt } from './gather.ts';
import { ZONE_WORDS, type Zones } from './zones.ts';

/** Hangs crashed cas that must have happened on what they saw. False if a complaint ended it all. */
export function adoptCrashed(clusters: Clusters, complain: Complaint): boolean {
  const open = new Set(clusters.crashed);
  for (const start of clusters.crashed) {
    for (let own = start; open.has(own) && isObserved(clusters, own);) {
      open.delete(own);
      const row = writerOf(clusters, own);
      const source = sourceOf(clusters, row, clusters.history.first[row]!);
      if (!adopt(clusters, own, source, complain)) return false;
      own = source;
    }
  }
  return true;
}

/** Fills in the zones of a key's blocks, in order of the invocations that these begin with. False if a complaint ended it all. */
export function walkChains(clusters: Clusters, key: number, zones: Zones, complain: Complaint): boolean {
  const { words, starts, ends } = clusters;
  const table = zones.words;
  const end = ends[key]!;
  let length = 0;
  let walked = 0;
  let toWalk = 0;
  for (let root = starts[key]!; root < end; root++) {
    const at = root * WORDS;
    let first = words[at + FIRST]!;
    let last = words[at + LAST]!;
    let child = words[at + CHILD]!;
    if (first === NEVER && child === 0) continue;
    toWalk++;
    if (words[at + WRITER]! < 0) continue;
    walked++;
    while (child !== 0) {
      const own = child * WORDS;
      const firstOfOwn = words[own + FIRST]!;
      const lastOfOwn = words[own + LAST]!;
      // Whoever comes later in the chain must complete after whatever invocation was forced so far.
      if (firstOfOwn < last && !complain(key, { events: [last, firstOfOwn] })) return false;
      if (firstOfOwn < first) first = firstOfOwn;
      if (lastOfOwn > last) last = lastOfOwn;
      child = words[own + CHILD]!;
      walked++;
    }
    // An initial value that nobody saw is in nobody's way.
    if (last < 0) continue;
    const isForward = first < last;
    table[length] = isForward ? first : last;
    table[length + 1] = isForward ? last : ~first;
    length += ZONE_WORDS;
  }
  zones.length = length;
  return walked === toWalk || complain(key, { rows: circleIn(clusters, key) });
}

/** Rows of cas each of which saw what the one before it wrote, round and round: a few are enough to see it. */
function circleIn(clusters: Clusters, key: number): number[] {
  const { words, starts, ends } = clusters;
  const reached = new Set<number>();
  const childOf = (own: number) => words[own * WORDS + CHILD]!;
  for (let root = starts[key]!; root < ends[key]!; root++) {
    if (words[root * WORDS + WRITER]! < 0) continue;
    for (let own = childOf(root); own !== 0; own = childOf(own)) reached.add(own);
  }
  for (let start = starts[key]!; start < ends[key]!; start++) {
    if (words[start * WORDS + WRITER]! >= 0 || reached.has(start) || !isObserved(clusters, start)) continue;
    const rows = [writerOf(clusters, start)];
    for (let own = childOf(start); own !== start && own !== 0 && rows.length < 4; own = childOf(own)) {
      rows.push(writerOf(clusters, own));
    }
    return rows;
  }
  return [];
}
