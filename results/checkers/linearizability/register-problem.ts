/**
 * One key of a register with repeated values, in integers: what the frontier search reads.
 */
import { FAIL, INFO, NEVER } from '../../history/index.ts';
import { eventOrder } from './event-order.ts';
import type { RegisterRules } from './model.ts';
import { CAS, OTHER, READ, WRITE, type RegisterValues } from './register-values.ts';
import type { Subhistory } from './subhistory.ts';

/** A failed cas that is evidence: it saw any value but the one it expected. Stands beside READ, WRITE and CAS. */
export const DIFFERS = 4;

export interface RegisterProblem {
  /** Rows that must be placed, in order of invocation; a row's place is its rank. */
  readonly rows: Int32Array;
  /** By rank: READ, WRITE, CAS or DIFFERS. */
  readonly kind: Uint8Array;
  /** By rank: the value that a read saw, a cas expected or a failed cas did not see; -1 for a write. */
  readonly saw: Int32Array;
  /** By rank: the value that a write or cas wrote; -1 for others. */
  readonly wrote: Int32Array;
  /** Calls (rank) and returns (~rank) in order. */
  readonly events: Int32Array;
  readonly crashes: readonly CrashClass[];
  /** Values are numbered from 0 in order of appearance; the initial one is 0. */
  readonly values: number;
  /** By value: the event index up to which somebody may still want to see it. */
  readonly lastWanted: Int32Array;
  /** The largest number of operations open at once, crashed ones not counted. */
  readonly concurrency: number;
}

/** Crashed operations with equal arguments. */
export interface CrashClass {
  /** The value a cas expects; -1 for a write. */
  readonly saw: number;
  readonly wrote: number;
  /** Rows, in order of invocation. */
  readonly rows: number[];
}

/** Undefined if the history is no register's. */
export function registerProblem(
  { history, rows }: Subhistory,
  rules: RegisterRules,
  ids: RegisterValues,
): RegisterProblem | undefined {
  const placed: number[] = [];
  const kinds: number[] = [];
  const saws: number[] = [];
  const wrotes: number[] = [];
  const crashes = new Map<string, CrashClass>();
  const numbers = new Map<number, number>([[ids.init, 0]]);
  const numberOf = (id: number): number => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  for (const row of rows) {
    const kind = ids.kindOf[history.f[row]!]!;
    const outcome = history.outcome[row]!;
    const input = history.input[row]!;
    if (kind === OTHER) return undefined;
    const differs = outcome === FAIL && kind === CAS && rules.failedCasIsEvidence;
    if (outcome === FAIL && !differs) continue;
    if (kind === CAS && history.second[row]! < 0) return undefined;
    if (kind === READ && (outcome === INFO || (rules.nilReadMatchesAnything && history.output[row] === 0))) continue;
    const saw = kind === READ ? numberOf(history.output[row]!) : kind === CAS ? numberOf(history.first[row]!) : -1;
    const wrote = kind === WRITE ? numberOf(input) : kind === CAS && !differs ? numberOf(history.second[row]!) : -1;
    if (outcome === INFO) {
      if (saw === wrote) continue;
      const name = `${saw},${wrote}`;
      const same = crashes.get(name);
      if (same) same.rows.push(row);
      else crashes.set(name, { saw, wrote, rows: [row] });
      continue;
    }
    placed.push(row);
    // A cas that writes what it expects only looks.
    const looks = saw === wrote;
    kinds.push(differs ? DIFFERS : looks ? READ : kind);
    saws.push(saw);
    wrotes.push(looks ? -1 : wrote);
  }
  const required = Int32Array.from(placed);
  const events = eventOrder(history, required);
  const problem = {
    rows: required,
    kind: Uint8Array.from(kinds),
    saw: Int32Array.from(saws),
    wrote: Int32Array.from(wrotes),
    events,
    crashes: [...crashes.values()],
    values: numbers.size,
    concurrency: concurrencyOf(events),
  };
  return { ...problem, lastWanted: lastWanted(problem, history.complete) };
}

function lastWanted(problem: Omit<RegisterProblem, 'lastWanted'>, complete: Int32Array): Int32Array {
  const { rows, kind, saw, crashes, values } = problem;
  const last = new Int32Array(values).fill(-1);
  let lastDiffers = -1;
  for (let rank = 0; rank < rows.length; rank++) {
    const at = complete[rows[rank]!]!;
    if (kind[rank] === DIFFERS) lastDiffers = Math.max(lastDiffers, at);
    else if (saw[rank]! >= 0) last[saw[rank]!] = Math.max(last[saw[rank]!]!, at);
  }
  for (const { saw: expected } of crashes) if (expected >= 0) last[expected] = NEVER;
  // While a failed cas may still come, it matters what the value is not: every value is wanted.
  return last.map((at) => Math.max(at, lastDiffers));
}

function concurrencyOf(events: Int32Array): number {
  let [open, most] = [0, 0];
  for (const event of events) {
    open += event >= 0 ? 1 : -1;
    if (open > most) most = open;
  }
  return most;
}
