/**
 * A register whose every value was written once: decided in linear time.
 *
 * Gibbons and Korach, "Testing Shared Memories", SIAM J. Comput. 26(4), 1997, extended to cas and to crashed operations.
 * Unique values say which write each read saw: a write and all reads of its value are a *cluster*. A successful cas reads
 * one cluster's value and writes the next's, so the two stand side by side in every order: clusters chain into *blocks*,
 * which are never interleaved. Block A must come before block B iff a member of A completed before a member of B was
 * invoked: F(A) < S(B), with F the earliest completion and S the latest invocation of a block. A cycle of that relation
 * contains a cycle of two, so it is enough to look at pairs: as zones [F, S] (*forward*, F < S) or [S, F] (*backward*) on the
 * line of events, no two forward zones may overlap and no backward zone may lie inside a forward one.
 *
 * A crashed read is nothing. A crashed write or cas is in, with completion at infinity, exactly if a completed operation
 * observed its value, directly or through crashed cas that must have happened; otherwise it is as good as never.
 */
import { FAIL, INFO, NEVER, OK } from '../../history/index.ts';
import type { RegisterRules } from './model.ts';
import type { Violation } from './outcome.ts';
import { CAS, OTHER, READ, type RegisterValues } from './register-values.ts';
import type { Subhistory } from './subhistory.ts';

/** One per write or cas that may have happened, in order of invocation; number 0 is the initial value's. */
export interface Clusters {
  count: number;
  /** Row of the write or cas; -1 for the initial value. */
  readonly writer: Int32Array;
  /** For a cas, the cluster it read from; NONE for a write, MISSING if nobody wrote the expected value. */
  readonly parent: Int32Array;
  /** The cluster of the cas that read from this one, or NONE. */
  readonly child: Int32Array;
  /** When the writer was invoked and completed: event indices, -1 for the initial value, NEVER for a crashed one. */
  readonly invoked: Int32Array;
  readonly completed: Int32Array;
  /** Among the reads: the earliest completion (NEVER if there are none) and the latest invocation (-1). */
  readonly firstRead: Int32Array;
  readonly lastRead: Int32Array;
  /** 1 once it is known to have happened. */
  readonly happened: Uint8Array;
}

export const NONE = -1;
const MISSING = -2;

/** Tables that are used again for each key: `size` operations of one key at most, value ids below `values`. */
export interface UniqueScratch {
  readonly clusters: Clusters;
  /** Cluster + 1 by value id; all 0 between two keys. */
  readonly clusterOf: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export function uniqueScratch(size: number, values: number): UniqueScratch {
  const column = () => new Int32Array(size + 1);
  return {
    clusters: {
      count: 0,
      writer: column(),
      parent: column(),
      child: column(),
      invoked: column(),
      completed: column(),
      firstRead: column(),
      lastRead: column(),
      happened: new Uint8Array(size + 1),
    },
    clusterOf: new Int32Array(values),
    starts: column(),
    ends: column(),
  };
}

/** The verdict's data: clusters to build an order from, rows that prove a violation, or no answer. */
export type UniqueVerdict =
  | { readonly judgement: 'valid'; readonly clusters: Clusters }
  | Violation
  /** Some value was written twice, or the history is no register's: another algorithm must judge. */
  | { readonly judgement: 'unsuited' };

const UNSUITED = { judgement: 'unsuited' } as const;

export function uniqueRegister(
  part: Subhistory,
  rules: RegisterRules,
  values: RegisterValues,
  scratch: UniqueScratch,
): UniqueVerdict {
  const { clusters, clusterOf } = scratch;
  const suited = numberWriters(part, rules, values, scratch);
  const rows = suited ? (attachObservers(part, rules, values, scratch) ?? findConflict(part, scratch)) : undefined;
  const witnesses = rows && withSources(part, rows, values, scratch);
  forget(part, values, clusterOf);
  if (!suited) return UNSUITED;
  return witnesses ? violation(part, witnesses) : { judgement: 'valid', clusters };
}

/** Gives each write and cas its cluster; false if a value comes twice or an operation is no register's. */
function numberWriters(
  { history, rows }: Subhistory,
  rules: RegisterRules,
  values: RegisterValues,
  { clusters, clusterOf }: UniqueScratch,
): boolean {
  const { f, outcome, input, invoke, complete } = history;
  const { kindOf, next } = values;
  const { writer, parent, child, invoked, completed, firstRead, lastRead, happened } = clusters;
  writer[0] = -1;
  parent[0] = NONE;
  child[0] = NONE;
  invoked[0] = -1;
  completed[0] = -1;
  firstRead[0] = NEVER;
  lastRead[0] = -1;
  happened[0] = 1;
  clusterOf[values.init] = 1;
  let count = 1;
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!;
    const kind = kindOf[f[row]!]!;
    if (kind === READ) continue;
    if (kind === OTHER) return false;
    const fate = outcome[row]!;
    if (fate === FAIL) {
      if (kind === CAS && rules.failedCasIsEvidence) return false;
      continue;
    }
    const value = kind === CAS ? next[input[row]!]! : input[row]!;
    if (value < 0 || clusterOf[value] !== 0) return false;
    writer[count] = row;
    parent[count] = kind === CAS ? MISSING : NONE;
    child[count] = NONE;
    invoked[count] = invoke[row]!;
    completed[count] = fate === OK ? complete[row]! : NEVER;
    firstRead[count] = NEVER;
    lastRead[count] = -1;
    happened[count] = fate === OK ? 1 : 0;
    clusterOf[value] = ++count;
  }
  clusters.count = count;
  return true;
}

/** Hangs reads and cas on what they saw. Rows of a violation: a value nobody wrote, or two cas that saw the same one. */
function attachObservers(
  part: Subhistory,
  rules: RegisterRules,
  values: RegisterValues,
  { clusters, clusterOf }: UniqueScratch,
): number[] | undefined {
  const { f, outcome, input, output, invoke, complete } = part.history;
  const { kindOf, expected } = values;
  const { parent, firstRead, lastRead, happened } = clusters;
  const { rows } = part;
  const { nilReadMatchesAnything } = rules;
  let crashedCas = false;
  for (let place = 0, cluster = 0; place < rows.length; place++) {
    const row = rows[place]!;
    const kind = kindOf[f[row]!]!;
    const fate = outcome[row]!;
    if (fate === FAIL) continue;
    if (kind !== READ) {
      cluster++;
      if (kind !== CAS) continue;
      const source = clusterOf[expected[input[row]!]!]! - 1;
      if (source >= 0) parent[cluster] = source;
      if (fate === INFO) crashedCas = true;
      else if (!adopt(clusters, cluster)) return conflictingCas(clusters, cluster);
      continue;
    }
    const value = output[row]!;
    if (fate !== OK || (nilReadMatchesAnything && value === 0)) continue;
    const source = clusterOf[value]! - 1;
    if (source < 0) return [row];
    if (complete[row]! < firstRead[source]!) firstRead[source] = complete[row]!;
    // Rows come in order of invocation: the last one is the latest.
    lastRead[source] = invoke[row]!;
    happened[source] = 1;
  }
  return crashedCas ? adoptCrashed(clusters) : undefined;
}

/** Hangs a cas that happened on what it saw; false if nobody wrote that, or another cas saw it already. */
function adopt({ parent, child, happened }: Clusters, cluster: number): boolean {
  const source = parent[cluster]!;
  if (source < 0 || child[source] !== NONE) return false;
  child[source] = cluster;
  happened[source] = 1;
  return true;
}

/** A crashed cas happened if its value was seen; then what it saw itself was seen too, and so on. */
function adoptCrashed(clusters: Clusters): number[] | undefined {
  const { count, parent, child, completed, happened } = clusters;
  for (let first = 1; first < count; first++) {
    for (let cluster = first; isOpenCas(cluster); cluster = parent[cluster]!) {
      if (!adopt(clusters, cluster)) return conflictingCas(clusters, cluster);
    }
  }
  return undefined;

  function isOpenCas(cluster: number): boolean {
    if (happened[cluster] === 0 || completed[cluster] !== NEVER || parent[cluster] === NONE) return false;
    const source = parent[cluster]!;
    return source < 0 || child[source] !== cluster;
  }
}

function conflictingCas({ parent, child, writer }: Clusters, cluster: number): number[] {
  const source = parent[cluster]!;
  return source < 0 ? [writer[cluster]!] : [writer[child[source]!]!, writer[cluster]!];
}

/** Walks each chain of clusters, makes its zone, and compares zones. Rows of a violation, if there is one. */
function findConflict(part: Subhistory, scratch: UniqueScratch): number[] | undefined {
  const { clusters, starts, ends } = scratch;
  const { count, parent, child, invoked, completed, firstRead, lastRead, happened } = clusters;
  let zones = 0;
  let walked = 0;
  let expectedWalk = 0;
  for (let root = 0; root < count; root++) {
    if (happened[root] === 0) continue;
    expectedWalk++;
    if (parent[root] !== NONE) continue;
    // The latest invocation so far, and the earliest completion: whoever comes later must complete after the former.
    let latest = -1;
    let earliest = NEVER;
    for (let cluster = root; cluster !== NONE; cluster = child[cluster]!, walked++) {
      if (completed[cluster]! < latest) return rowsAt(part, latest, completed[cluster]!);
      if (completed[cluster]! < earliest) earliest = completed[cluster]!;
      if (invoked[cluster]! > latest) latest = invoked[cluster]!;
      if (firstRead[cluster]! < latest) return rowsAt(part, latest, firstRead[cluster]!);
      if (firstRead[cluster]! < earliest) earliest = firstRead[cluster]!;
      if (lastRead[cluster]! > latest) latest = lastRead[cluster]!;
    }
    // A backward zone is told by its start lying after its end.
    starts[zones] = earliest;
    ends[zones] = latest;
    zones++;
  }
  if (walked < expectedWalk) return circle(clusters);
  sortByStart(starts, ends, zones);
  return overlap(part, starts, ends, zones);
}

/**
 * Orders zones [F, S] by their left end, whichever of the two that is. They come nearly in order, since blocks come in order of
 * invocation; where they do not, a real sort takes over.
 */
function sortByStart(firsts: Int32Array, lasts: Int32Array, zones: number): void {
  let patience = 64 * zones + 1024;
  for (let zone = 1; zone < zones; zone++) {
    const first = firsts[zone]!;
    const last = lasts[zone]!;
    const start = first < last ? first : last;
    let place = zone;
    for (; place > 0; place--) {
      const before = place - 1;
      if ((firsts[before]! < lasts[before]! ? firsts[before]! : lasts[before]!) <= start) break;
      firsts[place] = firsts[before]!;
      lasts[place] = lasts[before]!;
    }
    firsts[place] = first;
    lasts[place] = last;
    patience -= zone - place;
    if (patience < 0) {
      sortAll(firsts, lasts, zones);
      return;
    }
  }
}

function sortAll(firsts: Int32Array, lasts: Int32Array, zones: number): void {
  const order = Array.from({ length: zones }, (_, zone) => [firsts[zone]!, lasts[zone]!] as const);
  order.sort((a, b) => Math.min(...a) - Math.min(...b));
  order.forEach(([first, last], zone) => {
    firsts[zone] = first;
    lasts[zone] = last;
  });
}

/** Two forward zones that overlap, or a backward one inside a forward one: the rows at their ends. */
function overlap(part: Subhistory, firsts: Int32Array, lasts: Int32Array, zones: number): number[] | undefined {
  let [openFirst, openLast] = [-1, -1];
  for (let zone = 0; zone < zones; zone++) {
    const first = firsts[zone]!;
    const last = lasts[zone]!;
    if (first < last) {
      if (first < openLast) return rowsAt(part, openFirst, openLast, first, last);
      openFirst = first;
      openLast = last;
    } else if (first < openLast) return rowsAt(part, openFirst, openLast, last, first);
  }
  return undefined;
}

/** Rows of a circle of cas, each of which saw what the one before it wrote: at most four of them. */
function circle({ count, writer, parent, child, happened }: Clusters): number[] {
  const reached = new Uint8Array(count);
  for (let root = 0; root < count; root++) {
    if (happened[root] === 0 || parent[root] !== NONE) continue;
    for (let cluster = root; cluster !== NONE; cluster = child[cluster]!) reached[cluster] = 1;
  }
  const first = reached.findIndex((seen, cluster) => seen === 0 && happened[cluster] === 1);
  const rows = [writer[first]!];
  for (let cluster = child[first]!; cluster !== first && rows.length < 4; cluster = child[cluster]!) {
    rows.push(writer[cluster]!);
  }
  return rows;
}

/** The rows whose invocation or completion stands at one of these positions. */
function rowsAt({ history, rows }: Subhistory, ...positions: readonly number[]): number[] {
  const { invoke, complete, outcome } = history;
  const found: number[] = [];
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!;
    if (positions.includes(invoke[row]!) || (outcome[row] === OK && positions.includes(complete[row]!)))
      found.push(row);
  }
  return found;
}

/** These rows and those that wrote what they saw, and so on: nothing among them seems to come from nowhere. */
function withSources(
  { history }: Subhistory,
  witnesses: readonly number[],
  { kindOf, expected }: RegisterValues,
  { clusters, clusterOf }: UniqueScratch,
): number[] {
  const found = new Set(witnesses);
  // A set grows while it is walked: sources have sources.
  for (const row of found) {
    const kind = kindOf[history.f[row]!]!;
    if (kind !== READ && kind !== CAS) continue;
    const seen = kind === READ ? history.output[row]! : expected[history.input[row]!]!;
    const writer = seen < 0 || clusterOf[seen] === 0 ? -1 : clusters.writer[clusterOf[seen]! - 1]!;
    if (writer >= 0) found.add(writer);
  }
  return [...found].sort((a, b) => a - b);
}

/** Leaves `clusterOf` as it was found: all 0. */
function forget({ history, rows }: Subhistory, values: RegisterValues, clusterOf: Int32Array): void {
  clusterOf[values.init] = 0;
  const { f, input } = history;
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!;
    const kind = values.kindOf[f[row]!]!;
    if (kind === READ || kind === OTHER) continue;
    const value = kind === CAS ? values.next[input[row]!]! : input[row]!;
    if (value >= 0) clusterOf[value] = 0;
  }
}

function violation({ history }: Subhistory, witnesses: readonly number[]): Violation {
  const events = witnesses.map((row) => (history.outcome[row] === OK ? history.complete[row]! : history.invoke[row]!));
  return { judgement: 'invalid', algorithm: 'unique-register', cut: Math.max(...events), witnesses, longest: [] };
}
