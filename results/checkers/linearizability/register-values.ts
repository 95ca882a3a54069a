/**
 * What a register's algorithms need to know of its values besides their ids: which operations read and write, and the id of
 * the value that was there first. Small, and without the values themselves: other threads get it as it is.
 */
import type { History, Value } from '../../history/index.ts';
import { same } from './canonical.ts';
import type { RegisterRules } from './model.ts';

export const READ = 0;
export const WRITE = 1;
export const CAS = 2;
/** Anything else: no register. */
export const OTHER = 3;

export interface RegisterValues {
  /** READ, WRITE, CAS or OTHER by f. */
  readonly kindOf: Uint8Array;
  /** Ids are below this. */
  readonly count: number;
  /** The initial value's id; one past those of the history where that never mentions it. */
  readonly init: number;
}

export function registerValues({ values, fs }: History, { init }: RegisterRules): RegisterValues {
  const kindOf = Uint8Array.from(fs, (name) => ({ read: READ, write: WRITE, cas: CAS })[name] ?? OTHER);
  const id = idOf(init, values);
  return id < 0
    ? { kindOf, count: values.length + 1, init: values.length }
    : { kindOf, count: values.length, init: id };
}

function idOf(init: Value, values: readonly Value[]): number {
  if (init === null) return 0;
  const identical = values.indexOf(init);
  return identical >= 0 ? identical : values.findIndex((value) => same(value, init));
}
