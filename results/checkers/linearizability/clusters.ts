/**
 * A write and all reads of its value, for every write: the table that the method for unique values works on.
 *
 * A cluster's four numbers stand side by side, and a key's clusters one after another: that of its initial value, then one per
 * write or cas that may have happened, in order of invocation. So whatever follows a key's history stays in the cache.
 * The tables are kept for the next call of the same thread: fresh memory costs about as much as the work done on it.
 */
import { NEVER, type History } from '../../history/index.ts';
import type { RegisterRules } from './model.ts';
import { READ, type RegisterValues } from './register-values.ts';

/** What to judge: the operations of one key, or all keys of a history. */
export interface Scope {
  readonly history: History;
  readonly rules: RegisterRules;
  readonly values: RegisterValues;
  /** All keys at once, each by its id; else there is one, number 0. */
  readonly keyed: boolean;
  /** In order of invocation; all there are unless told. */
  readonly rows?: Int32Array;
}

/** Numbers to a cluster. */
export const WORDS = 4;
/** The earliest completion of the write and its reads: an event index, NEVER if there is none, -1 for an initial value. */
export const FIRST = 0;
/** The latest invocation of the write and its reads: an event index, -1 for an initial value that nobody read. */
export const LAST = 1;
/** Row + 1 of a write, ~row of a cas, 0 for an initial value. */
export const WRITER = 2;
/** The cluster of the cas that read from this one and happened; 0 if there is none: no cas writes an initial value. */
export const CHILD = 3;

export interface Clusters extends Scope {
  readonly words: Int32Array;
  /** By key: its first cluster, and the one after its last. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** By value id: the cluster, counted from `base + 1`. Whatever is not above `base` is left from another call. */
  readonly clusterOf: Int32Array;
  readonly base: number;
  /** Clusters of crashed cas, in order. */
  readonly crashed: number[];
}

/** What proves a violation: rows, or whoever was invoked or completed at these events. */
export type Proof = { readonly rows: readonly number[] } | { readonly events: readonly number[] };

/**
 * Hears of what cannot be on a key: with a proof it is a violation, provided that nobody complains without one, for then this
 * is no register with unique values. False ends it all.
 */
export type Complaint = (key: number, proof?: Proof) => boolean;

/** Initial values only. Whatever the last call gave is lost. */
export function emptyClusters(scope: Scope): Clusters {
  const { history, rows, values, keyed } = scope;
  const starts = keyed ? startsByKey(history, values) : new Int32Array(1);
  const most = keyed ? history.count + history.keys.length : 1 + (rows?.length ?? history.count);
  const room = roomFor(most, values.count);
  for (const start of starts) setCluster(room.words, start, -1, -1, 0);
  return { ...scope, ...room, starts, ends: starts.map((start) => start + 1), crashed: [] };
}

/** Where each key's clusters begin if each of its writes has one. */
function startsByKey({ count, keys, key, f }: History, { kindOf }: RegisterValues): Int32Array {
  const starts = new Int32Array(keys.length);
  for (let row = 0; row < count; row++) if (kindOf[f[row]!] !== READ) starts[key[row]!]!++;
  let start = 0;
  for (let each = 0; each < starts.length; each++) {
    const size = 1 + starts[each]!;
    starts[each] = start;
    start += size;
  }
  return starts;
}

export function setCluster(words: Int32Array, cluster: number, first: number, last: number, writer: number): void {
  const at = cluster * WORDS;
  words[at + FIRST] = first;
  words[at + LAST] = last;
  words[at + WRITER] = writer;
  words[at + CHILD] = 0;
}

/** The row of a cluster's writer; -1 for an initial value. */
export function writerOf({ words }: Clusters, cluster: number): number {
  const writer = words[cluster * WORDS + WRITER]!;
  return writer < 0 ? ~writer : writer - 1;
}

/** The number of a row's key. */
export function keyOf({ keyed, history }: Clusters, row: number): number {
  return keyed ? history.key[row]! : 0;
}

/** The cluster of a value that a row saw; below 0 if nobody wrote it. */
export function sourceOf(clusters: Clusters, row: number, value: number): number {
  const { values, clusterOf, base, starts } = clusters;
  return value === values.init ? starts[keyOf(clusters, row)]! : clusterOf[value]! - base - 1;
}

/** Whether a cluster is one of this key's. */
export function isOfKey({ starts, ends }: Clusters, cluster: number, key: number): boolean {
  return cluster >= starts[key]! && cluster < ends[key]!;
}

/** Whether the write surely happened; if not, it is as good as never. */
export function isObserved({ words }: Clusters, cluster: number): boolean {
  return words[cluster * WORDS + FIRST] !== NEVER || words[cluster * WORDS + CHILD] !== 0;
}

/** Larger tables than this are not kept: bytes. */
const KEPT_BYTES = 2 ** 26;

const NOTHING = { words: new Int32Array(0), clusterOf: new Int32Array(0), base: 0 };
let kept = NOTHING;

function roomFor(clusters: number, values: number): Pick<Clusters, 'words' | 'clusterOf' | 'base'> {
  const { base } = kept;
  const room = { words: enough(kept.words, clusters * WORDS), clusterOf: enough(kept.clusterOf, values), base };
  // Numbers grow from call to call, so that nothing has to be cleared, until they might not fit.
  const isKept = room.words.byteLength + room.clusterOf.byteLength <= KEPT_BYTES && base < 2 ** 30;
  kept = isKept ? { ...room, base: base + clusters } : NOTHING;
  return room;
}

function enough(table: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  return table.length >= size ? table : new Int32Array(size);
}
