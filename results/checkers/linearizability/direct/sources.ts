/** Reads are only proven wrong together with whoever put in what they saw. */
import { FAIL, type History } from '../../../history/index.ts';
import { canonical, isList } from '../canonical.ts';
import type { Subhistory } from '../subhistory.ts';
import type { Witnesses } from './elements.ts';

/** The witnesses, and the `put`s of all elements that those among them saw which read a list. */
export function withSources({ history, rows }: Subhistory, put: string, witnesses: Witnesses): Witnesses {
  const seen = new Set(witnesses.flatMap((row) => listAt(history, row)));
  const sources = rows.filter((row) => {
    if (history.outcome[row] === FAIL || history.fs[history.f[row]!] !== put) return false;
    return seen.has(canonical(history.values[history.input[row]!] ?? null));
  });
  return [...new Set([...witnesses, ...sources])];
}

function listAt({ values, output }: History, row: number): string[] {
  const value = values[output[row]!];
  return isList(value) ? value.map(canonical) : [];
}
