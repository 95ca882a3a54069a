/**
 * A register's values as integers, the two inside a cas argument too.
 *
 * The history interned whole arguments: `[3, 7]` has an id of its own. Register algorithms need the ids of 3 and of 7; those
 * that occur nowhere alone get ids past the end of `history.values`. Worked out once per history, for all its keys, and
 * all that a register's algorithms need to know of values: the tables are shared memory, for other threads to read.
 */
import { FAIL, type History, type Value } from '../../history/index.ts';
import { canonical, isList } from './canonical.ts';
import type { RegisterRules } from './model.ts';

export const READ = 0;
export const WRITE = 1;
export const CAS = 2;
/** Anything else: no register. */
export const OTHER = 3;

export interface RegisterValues {
  /** READ, WRITE, CAS or OTHER by f. */
  readonly kindOf: Uint8Array;
  /**
   * By value id of a cas argument: ids of the expected and the new value; -1 for what is no pair, and where every cas with
   * this argument failed and that is no evidence.
   */
  readonly expected: Int32Array;
  readonly next: Int32Array;
  /** Ids are below this. */
  readonly count: number;
  readonly init: number;
}

export function registerValues(history: History, { init, failedCasIsEvidence }: RegisterRules): RegisterValues {
  const { values, fs, f, outcome, input, count } = history;
  const kindOf = Uint8Array.from(fs, (name) => ({ read: READ, write: WRITE, cas: CAS })[name] ?? OTHER);
  const ids = valueIds(values);
  const initial = ids.of(init);
  const size = kindOf.includes(CAS) ? values.length : 0;
  const expected = new Int32Array(new SharedArrayBuffer(4 * size));
  const next = new Int32Array(new SharedArrayBuffer(4 * size));
  for (let row = 0; size > 0 && row < count; row++) {
    if (kindOf[f[row]!] !== CAS || (outcome[row] === FAIL && !failedCasIsEvidence)) continue;
    const id = input[row]!;
    if (expected[id] !== 0) continue;
    const value = values[id];
    const isPair = isList(value) && value.length === 2;
    // One more than the id until all are known: 0 is what nobody asked for yet.
    expected[id] = isPair ? ids.of(value[0] ?? null) + 1 : -1;
    next[id] = isPair ? ids.of(value[1] ?? null) + 1 : -1;
  }
  for (let id = 0; id < size; id++) {
    expected[id] = expected[id]! > 0 ? expected[id]! - 1 : -1;
    next[id] = next[id]! > 0 ? next[id]! - 1 : -1;
  }
  return { kindOf, expected, next, init: initial, count: ids.count() };
}

/** Ids of values: those they have in `values`, new ones for others. */
function valueIds(values: readonly Value[]) {
  // Most histories write small integers: they take a table instead of a Map. It holds ids + 1.
  const limit = 4 * values.length + 1024;
  let direct = new Int32Array(values.length + 1024);
  let count = values.length;
  const isDirect = (value: Value | undefined): value is number =>
    typeof value === 'number' && value >= 0 && value < limit && Number.isInteger(value);
  const reach = (value: number) => {
    const larger = new Int32Array(Math.min(limit, Math.max(2 * direct.length, value + 1)));
    larger.set(direct);
    direct = larger;
  };
  for (let id = 0; id < values.length; id++) {
    const value = values[id];
    if (!isDirect(value)) continue;
    if (value >= direct.length) reach(value);
    direct[value] = id + 1;
  }

  // Others are rare, and a register whose values are themselves pairs is rarer: only then are they worth a Map.
  const others = new Map<string, number>();
  const known = { other: false, pair: false };
  const isPair = (value: Value | undefined) => isList(value) && value.length === 2;
  const learn = (kind: keyof typeof known) => {
    if (known[kind]) return;
    known[kind] = true;
    for (let id = 0; id < values.length; id++) {
      const value = values[id];
      if (value === undefined || isDirect(value) || isPair(value) !== (kind === 'pair')) continue;
      others.set(canonical(value), id);
    }
  };
  return {
    count: () => count,
    of(value: Value): number {
      if (value === null) return 0;
      if (isDirect(value)) {
        if (value >= direct.length) reach(value);
        if (direct[value] === 0) direct[value] = ++count;
        return direct[value]! - 1;
      }
      learn(isPair(value) ? 'pair' : 'other');
      const text = canonical(value);
      const id = others.get(text);
      if (id !== undefined) return id;
      others.set(text, count);
      return count++;
    },
  };
}
