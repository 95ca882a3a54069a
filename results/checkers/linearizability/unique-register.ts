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
import { packer, type Packed } from './packed.ts';
import { CAS, OTHER, READ, type RegisterValues } from './register-values.ts';
import type { Subhistory } from './subhistory.ts';

/** One per write or cas that may have happened, in order of invocation; number 0 is the initial value's. */
export interface Clusters {
  count: number;
  /** Place of the write or cas among the rows; -1 for the initial value. */
  readonly writer: Int32Array;
  /** For a cas, the cluster it read from; NONE for a write, MISSING if nobody wrote the expected value. */
  readonly parent: Int32Array;
  /** The cluster of the cas that read from this one, or NONE. */
  readonly child: Int32Array;
  /** The earliest completion and the latest invocation of the write and its reads: event indices, NEVER if there is none. */
  readonly first: Int32Array;
  /** -1 for the initial value that nobody read. */
  readonly last: Int32Array;
  /** DONE, or for a crashed one whether it is known to have happened. */
  readonly fate: Uint8Array;
}

export const NONE = -1;
const MISSING = -2;

/** Fates of a write or cas. */
export const DOUBTFUL = 0;
const OBSERVED = 1;
const DONE = 2;

/** Tables that are used again for each key. */
export interface UniqueScratch {
  clusters: Clusters;
  starts: Int32Array;
  ends: Int32Array;
  /** Places of those that saw what was written by somebody invoked later. */
  readonly late: number[];
  /** By value id: the cluster, counted from `base + 1`. Whatever is not above `base` is left from another key. */
  readonly clusterOf: Int32Array;
  base: number;
  readonly pack: (part: Subhistory) => Packed;
}

/** For value ids below `values`. */
export function uniqueScratch(values: number): UniqueScratch {
  return { ...tables(0), late: [], clusterOf: new Int32Array(values), base: 0, pack: packer() };
}

function tables(size: number) {
  const column = () => new Int32Array(size);
  return {
    clusters: {
      count: 0,
      writer: column(),
      parent: column(),
      child: column(),
      first: column(),
      last: column(),
      fate: new Uint8Array(size),
    },
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

export function uniqueRegister(
  part: Subhistory,
  rules: RegisterRules,
  values: RegisterValues,
  scratch: UniqueScratch,
): UniqueVerdict {
  const columns = scratch.pack(part);
  makeRoom(scratch, columns, values);
  const found = cluster(columns, rules, values, scratch);
  if (found === 'unsuited') return { judgement: 'unsuited' };
  const places = found ?? findConflict(columns, scratch);
  if (!places) return { judgement: 'valid', clusters: scratch.clusters };
  return violation(part, withSources(columns, places, values, scratch));
}

/** Starts a key: tables large enough, and a base above all that stands in them. */
function makeRoom(scratch: UniqueScratch, { f, size }: Packed, { kindOf }: RegisterValues): void {
  scratch.base += scratch.clusters.count;
  if (scratch.base > 2 ** 30) {
    scratch.base = 0;
    scratch.clusterOf.fill(0);
  }
  if (size < scratch.starts.length) return;
  let observers = 0;
  for (let place = 0; place < size; place++) if (kindOf[f[place]!] === READ) observers++;
  const needed = 1 + Math.max(observers, size - observers);
  if (needed > scratch.starts.length) Object.assign(scratch, tables(needed));
}

/**
 * Gives each write and cas its cluster, and hangs reads and cas on what they saw. Places of a violation: a value nobody
 * wrote, or two cas that saw the same one. `unsuited` if a value comes twice or an operation is no register's.
 */
function cluster(
  columns: Packed,
  rules: RegisterRules,
  values: RegisterValues,
  scratch: UniqueScratch,
): number[] | undefined | 'unsuited' {
  const { f, outcome, input, output, invoke, complete, size } = columns;
  const { kindOf, expected, next } = values;
  const { clusters, clusterOf, base, late } = scratch;
  const { writer, parent, child, first, last, fate } = clusters;
  const { nilReadMatchesAnything, failedCasIsEvidence } = rules;
  writer[0] = -1;
  parent[0] = NONE;
  child[0] = NONE;
  first[0] = -1;
  last[0] = -1;
  fate[0] = DONE;
  clusterOf[values.init] = base + 1;
  clusters.count = 1;
  let count = 1;
  late.length = 0;
  let crashedCas = false;
  // A second cas on one value only proves something once it is known that no value was written twice.
  let rivals: number[] | undefined;
  for (let place = 0; place < size; place++) {
    const kind = kindOf[f[place]!]!;
    const outcomeHere = outcome[place]!;
    if (kind === READ) {
      const value = output[place]!;
      if (outcomeHere !== OK || (nilReadMatchesAnything && value === 0)) continue;
      const source = clusterOf[value]! - base - 1;
      if (source < 0) late.push(place);
      else {
        if (complete[place]! < first[source]!) first[source] = complete[place]!;
        // Rows come in order of invocation: the last one is the latest.
        last[source] = invoke[place]!;
        if (fate[source] === DOUBTFUL) fate[source] = OBSERVED;
      }
      continue;
    }
    if (kind === OTHER) return 'unsuited';
    if (outcomeHere === FAIL) {
      if (kind === CAS && failedCasIsEvidence) return 'unsuited';
      continue;
    }
    const argument = input[place]!;
    const value = kind === CAS ? next[argument]! : argument;
    if (value < 0 || clusterOf[value]! > base) return 'unsuited';
    const own = count++;
    clusters.count = count;
    clusterOf[value] = base + count;
    writer[own] = place;
    child[own] = NONE;
    first[own] = outcomeHere === OK ? complete[place]! : NEVER;
    last[own] = invoke[place]!;
    fate[own] = outcomeHere === OK ? DONE : DOUBTFUL;
    parent[own] = NONE;
    if (kind !== CAS) continue;
    const source = clusterOf[expected[argument]!]! - base - 1;
    parent[own] = source < 0 ? MISSING : source;
    if (source < 0) late.push(place);
    else if (outcomeHere === INFO) crashedCas = true;
    else if (!adopt(clusters, own)) rivals ??= conflictingCas(clusters, own);
  }
  return rivals ?? attachLate(columns, values, scratch) ?? (crashedCas ? adoptCrashed(clusters) : undefined);
}

/** Hangs those on what they saw whose source was invoked later than they, or never. */
function attachLate(
  { f, outcome, input, output, complete, invoke }: Packed,
  { kindOf, expected, next }: RegisterValues,
  { clusters, clusterOf, base, late }: UniqueScratch,
): number[] | undefined {
  const { writer, parent, first, last, fate } = clusters;
  let crashedCas = false;
  for (const place of late) {
    if (kindOf[f[place]!] === READ) {
      const source = clusterOf[output[place]!]! - base - 1;
      if (source < 0) return [place];
      if (complete[place]! < invoke[writer[source]!]!) return [place, writer[source]!];
      if (complete[place]! < first[source]!) first[source] = complete[place]!;
      if (invoke[place]! > last[source]!) last[source] = invoke[place]!;
      if (fate[source] === DOUBTFUL) fate[source] = OBSERVED;
      continue;
    }
    const own = clusterOf[next[input[place]!]!]! - base - 1;
    const source = clusterOf[expected[input[place]!]!]! - base - 1;
    if (source >= 0) parent[own] = source;
    if (outcome[place] === INFO) crashedCas = true;
    else if (!adopt(clusters, own)) return conflictingCas(clusters, own);
  }
  return crashedCas ? adoptCrashed(clusters) : undefined;
}

/** Hangs a cas that happened on what it saw; false if nobody wrote that, or another cas saw it already. */
function adopt({ parent, child, fate }: Clusters, own: number): boolean {
  const source = parent[own]!;
  if (source < 0 || child[source] !== NONE) return false;
  child[source] = own;
  if (fate[source] === DOUBTFUL) fate[source] = OBSERVED;
  return true;
}

/** A crashed cas happened if its value was seen; then what it saw itself was seen too, and so on. */
function adoptCrashed(clusters: Clusters): number[] | undefined {
  const { count, parent, child, fate } = clusters;
  for (let start = 1; start < count; start++) {
    for (let own = start; isOpenCas(own); own = parent[own]!) {
      if (!adopt(clusters, own)) return conflictingCas(clusters, own);
    }
  }
  return undefined;

  function isOpenCas(own: number): boolean {
    if (fate[own] !== OBSERVED || parent[own] === NONE) return false;
    const source = parent[own]!;
    return source < 0 || child[source] !== own;
  }
}

function conflictingCas({ parent, child, writer }: Clusters, own: number): number[] {
  const source = parent[own]!;
  return source < 0 ? [writer[own]!] : [writer[child[source]!]!, writer[own]!];
}

/** Walks each chain of clusters, makes its zone, and compares zones. Places of a violation, if there is one. */
function findConflict(columns: Packed, { clusters, starts, ends }: UniqueScratch): number[] | undefined {
  const { count, parent, child, first, last, fate } = clusters;
  let zones = 0;
  let walked = 0;
  let expectedWalk = 0;
  for (let root = 0; root < count; root++) {
    if (fate[root] === DOUBTFUL) continue;
    expectedWalk++;
    if (parent[root] !== NONE) continue;
    let earliest = first[root]!;
    let latest = last[root]!;
    walked++;
    for (let own = child[root]!; own !== NONE; own = child[own]!, walked++) {
      // Whoever comes later in the chain must complete after whatever invocation was forced so far.
      if (first[own]! < latest) return placesAt(columns, latest, first[own]!);
      if (first[own]! < earliest) earliest = first[own]!;
      if (last[own]! > latest) latest = last[own]!;
    }
    // A backward zone is told by its start lying after its end.
    starts[zones] = earliest;
    ends[zones] = latest;
    zones++;
  }
  if (walked < expectedWalk) return circle(clusters);
  sortByStart(starts, ends, zones);
  return overlap(columns, starts, ends, zones);
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

/** Two forward zones that overlap, or a backward one inside a forward one: the places of their ends. */
function overlap(columns: Packed, firsts: Int32Array, lasts: Int32Array, zones: number): number[] | undefined {
  let [openFirst, openLast] = [-1, -1];
  for (let zone = 0; zone < zones; zone++) {
    const first = firsts[zone]!;
    const last = lasts[zone]!;
    if (first < last) {
      if (first < openLast) return placesAt(columns, openFirst, openLast, first, last);
      openFirst = first;
      openLast = last;
    } else if (first < openLast) return placesAt(columns, openFirst, openLast, last, first);
  }
  return undefined;
}

/** Places of a circle of cas, each of which saw what the one before it wrote: at most four of them. */
function circle({ count, writer, parent, child, fate }: Clusters): number[] {
  const reached = new Uint8Array(count);
  for (let root = 0; root < count; root++) {
    if (fate[root] === DOUBTFUL || parent[root] !== NONE) continue;
    for (let own = root; own !== NONE; own = child[own]!) reached[own] = 1;
  }
  const start = reached.findIndex((seen, own) => seen === 0 && fate[own] !== DOUBTFUL);
  const places = [writer[start]!];
  for (let own = child[start]!; own !== start && places.length < 4; own = child[own]!) places.push(writer[own]!);
  return places;
}

/** The places of whoever was invoked or completed at one of these events. */
function placesAt({ invoke, complete, size }: Packed, ...events: readonly number[]): number[] {
  return events.flatMap((event) => {
    const invoked = invoke.subarray(0, size).indexOf(event);
    const place = invoked >= 0 ? invoked : complete.subarray(0, size).indexOf(event);
    return place >= 0 ? [place] : [];
  });
}

/** These places and those of who wrote what they saw, and so on: nothing among them seems to come from nowhere. */
function withSources(
  { f, input, output }: Packed,
  witnesses: readonly number[],
  { kindOf, expected }: RegisterValues,
  { clusters, clusterOf, base }: UniqueScratch,
): number[] {
  const found = new Set(witnesses);
  // A set grows while it is walked: sources have sources.
  for (const place of found) {
    const kind = kindOf[f[place]!]!;
    if (kind !== READ && kind !== CAS) continue;
    const seen = kind === READ ? output[place]! : expected[input[place]!]!;
    const source = seen < 0 ? -1 : clusterOf[seen]! - base - 1;
    if (source > 0) found.add(clusters.writer[source]!);
  }
  return [...found].sort((a, b) => a - b);
}

function violation({ history, rows }: Subhistory, places: readonly number[]): Violation {
  const witnesses = places.map((place) => rows[place]!);
  const events = witnesses.map((row) => (history.outcome[row] === OK ? history.complete[row]! : history.invoke[row]!));
  return { judgement: 'invalid', algorithm: 'unique-register', cut: Math.max(...events), witnesses, longest: [] };
}
