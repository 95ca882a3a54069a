/**
 * A register's values as integers, the two inside a cas argument too.
 *
 * The history interned whole arguments: `[3, 7]` has an id of its own. Register algorithms need the ids of 3 and of 7; those
 * that occur nowhere alone get ids past the end of `history.values`. Worked out once per history, for all its keys.
 */
import type { History, Value } from '../../history/index.ts';
import { canonical, isList } from './canonical.ts';

export const READ = 0;
export const WRITE = 1;
export const CAS = 2;
/** Anything else: no register. */
export const OTHER = 3;

export interface RegisterValues {
  /** READ, WRITE, CAS or OTHER by f. */
  readonly kindOf: Uint8Array;
  /** By value id of a cas argument: ids of the expected and the new value; -1 for what is no pair. */
  readonly expected: Int32Array;
  readonly next: Int32Array;
  /** Ids are below this. */
  readonly count: number;
  readonly init: number;
}

export function registerValues(history: History, init: Value): RegisterValues {
  const { values, fs } = history;
  const kindOf = Uint8Array.from(fs, (f) => ({ read: READ, write: WRITE, cas: CAS })[f] ?? OTHER);
  const expected = new Int32Array(values.length).fill(-1);
  const next = new Int32Array(values.length).fill(-1);
  const ids = valueIds(values);
  if (kindOf.includes(CAS)) {
    for (let id = 0; id < values.length; id++) {
      const value = values[id];
      if (!isList(value) || value.length !== 2) continue;
      expected[id] = ids.of(value[0] ?? null);
      next[id] = ids.of(value[1] ?? null);
    }
  }
  return { kindOf, expected, next, init: ids.of(init), count: ids.count() };
}

/** Ids of values: those they have in `values`, new ones for others. */
function valueIds(values: readonly Value[]) {
  // Most histories write small integers: they take a table instead of a Map.
  const limit = 4 * values.length + 1024;
  const direct = new Int32Array(limit).fill(-1);
  const others = new Map<string, number>();
  let count = values.length;
  const isDirect = (value: Value | undefined): value is number =>
    typeof value === 'number' && value >= 0 && value < limit && Number.isInteger(value);
  for (let id = 0; id < values.length; id++) {
    const value = values[id];
    if (isDirect(value)) direct[value] = id;
    else if (value !== undefined && !(isList(value) && value.length === 2)) others.set(canonical(value), id);
  }
  const pairs = () => {
    for (let id = 0; id < values.length; id++) {
      const value = values[id];
      if (isList(value) && value.length === 2) others.set(canonical(value), id);
    }
    return true;
  };
  let pairsKnown = false;
  return {
    count: () => count,
    of(value: Value): number {
      if (isDirect(value)) {
        if (direct[value]! < 0) direct[value] = count++;
        return direct[value]!;
      }
      // A register whose values are themselves pairs is rare: only then are pairs worth a Map.
      if (isList(value) && value.length === 2) pairsKnown ||= pairs();
      const text = canonical(value);
      const known = others.get(text);
      if (known !== undefined) return known;
      others.set(text, count);
      return count++;
    },
  };
}
