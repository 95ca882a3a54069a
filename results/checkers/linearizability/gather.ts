/**
 * From operations to clusters: one pass in order of invocation, then a look at those who were early.
 *
 * A crashed read is nothing. A crashed write or cas gets its cluster with no completion; whether it happened is told by who
 * saw it (see chains.ts).
 */
import { FAIL, INFO, NEVER, OK } from '../../history/index.ts';
import {
  CHILD,
  emptyClusters,
  FIRST,
  isOfKey,
  keyOf,
  LAST,
  setCluster,
  sourceOf,
  WORDS,
  writerOf,
  type Clusters,
  type Complaint,
  type Scope,
} from './clusters.ts';
import { CAS, OTHER, READ } from './register-values.ts';

/** Gathers clusters, and hangs reads and completed cas on what they saw. Undefined where a complaint ended it. Linear. */
export function gather(scope: Scope, complain: Complaint): Clusters | undefined {
  const { history, rows, rules, values, keyed } = scope;
  const { f, outcome, input, output, first, second, invoke, complete, key } = history;
  const { kindOf, init } = values;
  const { nilReadMatchesAnything, failedCasIsEvidence } = rules;
  const clusters = emptyClusters(scope);
  const { words, starts, ends, clusterOf, base, crashed } = clusters;
  const size = rows ? rows.length : history.count;
  /** Rows of those that saw what was written by somebody invoked later. */
  const late: number[] = [];
  for (let place = 0; place < size; place++) {
    const row = rows ? rows[place]! : place;
    const kind = kindOf[f[row]!]!;
    const fate = outcome[row]!;
    const here = keyed ? key[row]! : 0;
    if (kind === READ) {
      const value = output[row]!;
      if (fate !== OK || (nilReadMatchesAnything && value === 0)) continue;
      const source = value === init ? starts[here]! : clusterOf[value]! - base - 1;
      if (source < starts[here]! || source >= ends[here]!) {
        if (source < 0) late.push(row);
        else if (!complain(here)) return undefined;
        continue;
      }
      const at = source * WORDS;
      if (complete[row]! < words[at + FIRST]!) words[at + FIRST] = complete[row]!;
      // Rows come in order of invocation: the last one is the latest.
      words[at + LAST] = invoke[row]!;
      continue;
    }
    const isEvidence = fate === FAIL && (kind === OTHER || (kind === CAS && failedCasIsEvidence));
    if (fate === FAIL && !isEvidence) continue;
    const value = kind === CAS ? second[row]! : input[row]!;
    if (isEvidence || kind === OTHER || value < 0 || value === init || clusterOf[value]! > base) {
      if (!complain(here)) return undefined;
      continue;
    }
    const own = ends[here]!++;
    clusterOf[value] = base + own + 1;
    setCluster(words, own, fate === OK ? complete[row]! : NEVER, invoke[row]!, kind === CAS ? ~row : row + 1);
    if (kind !== CAS) continue;
    const saw = first[row]!;
    const source = saw === init ? starts[here]! : clusterOf[saw]! - base - 1;
    const isHere = source >= starts[here]! && source < ends[here]!;
    if (fate === INFO) crashed.push(own);
    else if (isHere && words[source * WORDS + CHILD] === 0) words[source * WORDS + CHILD] = own;
    else if (source < 0) late.push(row);
    else if (!adopt(clusters, own, source, complain)) return undefined;
  }
  return late.every((row) => attach(clusters, row, complain)) ? clusters : undefined;
}

/** Hangs a cas on the cluster it saw. False if a complaint ended it all. */
export function adopt(clusters: Clusters, own: number, source: number, complain: Complaint): boolean {
  const { words } = clusters;
  const row = writerOf(clusters, own);
  const key = keyOf(clusters, row);
  if (source < 0) return complain(key, { rows: [row] });
  if (!isOfKey(clusters, source, key)) return complain(key);
  const rival = words[source * WORDS + CHILD]!;
  if (rival !== 0) return complain(key, { rows: [writerOf(clusters, rival), row] });
  words[source * WORDS + CHILD] = own;
  return true;
}

/** Hangs one on what it saw, which was invoked later than it, or never. */
function attach(clusters: Clusters, row: number, complain: Complaint): boolean {
  const { words, history, values } = clusters;
  const { f, output, first, second, invoke, complete } = history;
  if (values.kindOf[f[row]!] === CAS) {
    const own = sourceOf(clusters, row, second[row]!);
    return adopt(clusters, own, sourceOf(clusters, row, first[row]!), complain);
  }
  const source = sourceOf(clusters, row, output[row]!);
  const key = keyOf(clusters, row);
  if (source < 0) return complain(key, { rows: [row] });
  if (!isOfKey(clusters, source, key)) return complain(key);
  const writer = writerOf(clusters, source);
  if (complete[row]! < invoke[writer]!) return complain(key, { rows: [row, writer] });
  const at = source * WORDS;
  if (complete[row]! < words[at + FIRST]!) words[at + FIRST] = complete[row]!;
  if (invoke[row]! > words[at + LAST]!) words[at + LAST] = invoke[row]!;
  return true;
}
