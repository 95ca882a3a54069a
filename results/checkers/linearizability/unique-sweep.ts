/**
 * Many registers whose values are unique across all keys: proven valid in one pass over the whole history.
 *
 * A key's rows lie far apart, and so do its values: taking one key after another misses the cache at each row. Rows in
 * order of invocation lie side by side, whatever their keys; so the method of unique-register.ts is run on all keys at
 * once, and only the zones, of which there are few, are compared key by key.
 *
 * It says of a key that it is valid, or nothing: at whatever is not plain (a value that comes twice, a violation, a crashed
 * cas) the key is left to others.
 */
import { FAIL, NEVER, OK, type History } from '../../history/index.ts';
import type { RegisterRules } from './model.ts';
import { CAS, OTHER, READ, type RegisterValues } from './register-values.ts';

const NONE = -1;

/** Zones of all keys: [first, last] of each block. */
interface Blocks {
  count: number;
  readonly key: Int32Array;
  readonly child: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** 1 where a cas reads from another cluster, 2 for a crashed write that nobody has seen yet. */
  readonly mark: Uint8Array;
}

const CHAINED = 1;
const UNSEEN = 2;

/** By key id: 1 where all operations on it are proven linearizable. Linear; about 25 bytes an operation. */
export function sweep(history: History, rules: RegisterRules, values: RegisterValues): Uint8Array {
  const plain = new Uint8Array(history.keys.length);
  if (rules.failedCasIsEvidence) return plain;
  plain.fill(1);
  const blocks = gather(history, rules, values, plain);
  if (blocks) compare(blocks, plain);
  else plain.fill(0);
  return plain;
}

/** Makes the clusters of all keys; clears `plain` where it cannot. Undefined once it is seen to be no use. */
function gather(
  { count, keys, key, f, outcome, input, output, invoke, complete }: History,
  { nilReadMatchesAnything }: RegisterRules,
  { kindOf, expected, next, init, count: ids }: RegisterValues,
  plain: Uint8Array,
): Blocks | undefined {
  const clusterOf = new Int32Array(ids);
  const size = keys.length + count;
  const column = () => new Int32Array(size);
  const blocks: Blocks = {
    count: keys.length,
    key: column(),
    child: column(),
    first: column(),
    last: column(),
    mark: new Uint8Array(size),
  };
  const { key: keyOf, child, first, last, mark } = blocks;
  // The initial values of all keys come first, each at its key's own number.
  for (let each = 0; each < keys.length; each++) {
    keyOf[each] = each;
    child[each] = NONE;
    first[each] = -1;
    last[each] = -1;
  }
  let clusters = keys.length;
  /** Those that saw what is written by somebody invoked later. */
  const late: number[] = [];
  /** When the writer of each cluster was invoked. */
  const invoked = column();
  let patience = 1024 + (count >>> 4);
  const attach = (row: number, source: number) => {
    if (kindOf[f[row]!] === READ) {
      if (complete[row]! < first[source]!) first[source] = complete[row]!;
      if (invoke[row]! > last[source]!) last[source] = invoke[row]!;
      mark[source]! &= ~UNSEEN;
      return;
    }
    const own = clusterOf[next[input[row]!]!]!;
    if (child[source] !== NONE || own === source) {
      plain[key[row]!] = 0;
      return;
    }
    child[source] = own;
    mark[source]! &= ~UNSEEN;
    mark[own]! |= CHAINED;
  };
  for (let row = 0; row < count; row++) {
    const kind = kindOf[f[row]!]!;
    const fate = outcome[row]!;
    const own = key[row]!;
    let saw: number;
    if (kind === READ) {
      saw = output[row]!;
      if (fate !== OK || (nilReadMatchesAnything && saw === 0)) continue;
    } else {
      if (fate === FAIL && kind !== OTHER) continue;
      const argument = input[row]!;
      const value = kind === CAS ? next[argument]! : argument;
      if (kind === OTHER || value < 0 || value === init || clusterOf[value] !== 0 || (kind === CAS && fate !== OK)) {
        plain[own] = 0;
        if (--patience < 0) return undefined;
        continue;
      }
      clusterOf[value] = clusters;
      keyOf[clusters] = own;
      child[clusters] = NONE;
      first[clusters] = fate === OK ? complete[row]! : NEVER;
      last[clusters] = invoke[row]!;
      invoked[clusters] = invoke[row]!;
      mark[clusters] = fate === OK ? 0 : UNSEEN;
      clusters++;
      if (kind !== CAS) continue;
      saw = expected[argument]!;
    }
    const source = saw === init ? own : clusterOf[saw]!;
    if (source === 0 && saw !== init) late.push(row);
    else if (keyOf[source] === own) attach(row, source);
    else plain[own] = 0;
  }
  blocks.count = clusters;
  for (const row of late) {
    const source = clusterOf[kindOf[f[row]!] === READ ? output[row]! : expected[input[row]!]!]!;
    const isSource = source !== 0 && keyOf[source] === key[row] && complete[row]! > invoked[source]!;
    if (isSource) attach(row, source);
    else plain[key[row]!] = 0;
  }
  return blocks;
}

/** Chains clusters to zones, and compares the zones of each key. */
function compare({ count, key, child, first, last, mark }: Blocks, plain: Uint8Array): void {
  const counts = new Int32Array(plain.length + 1);
  let walked = 0;
  let toWalk = 0;
  for (let root = 0; root < count; root++) {
    if ((mark[root]! & UNSEEN) !== 0) continue;
    toWalk++;
    if ((mark[root]! & CHAINED) !== 0) continue;
    walked++;
    for (let own = child[root]!; own !== NONE; own = child[own]!, walked++) {
      if (first[own]! < last[root]!) plain[key[root]!] = 0;
      if (first[own]! < first[root]!) first[root] = first[own]!;
      if (last[own]! > last[root]!) last[root] = last[own]!;
    }
    counts[key[root]! + 1]!++;
  }
  // A circle of cas is never walked; whose it is does not matter here.
  if (walked !== toWalk) {
    plain.fill(0);
    return;
  }
  for (let each = 0; each < plain.length; each++) counts[each + 1]! += counts[each]!;
  const ends = counts.slice();
  const roots = new Int32Array(counts[plain.length]!);
  for (let root = 0; root < count; root++) {
    if (mark[root] === 0) roots[ends[key[root]!]!++] = root;
  }
  for (let each = 0; each < plain.length; each++) {
    if (plain[each] === 1 && !areApart(roots.subarray(counts[each], ends[each]), first, last)) plain[each] = 0;
  }
}

/**
 * Whether no two forward zones overlap, and no backward one lies inside a forward one; false too where `roots` come in no
 * order to speak of. Sorts them.
 */
function areApart(roots: Int32Array, first: Int32Array, last: Int32Array): boolean {
  const start = (root: number) => Math.min(first[root]!, last[root]!);
  let patience = 64 * roots.length + 1024;
  for (let index = 1; index < roots.length; index++) {
    const root = roots[index]!;
    let place = index;
    for (; place > 0 && start(roots[place - 1]!) > start(root); place--) roots[place] = roots[place - 1]!;
    roots[place] = root;
    patience -= index - place;
    if (patience < 0) return false;
  }
  let openLast = -1;
  for (const root of roots) {
    if (first[root]! < openLast) return false;
    if (first[root]! < last[root]!) openLast = last[root]!;
  }
  return true;
}
