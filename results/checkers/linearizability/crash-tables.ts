/** The crashed operations of a register, laid out flat for the innermost loops of the frontier search. */
import { NEVER, type History } from '../../history/index.ts';
import type { RegisterProblem } from './register-problem.ts';

export interface CrashTables {
  /** Classes of cas by the value they expect, and by the one they write. */
  readonly casFrom: readonly (readonly number[])[];
  readonly casTo: readonly (readonly number[])[];
  /** By value: the class of the writes that write it, or -1. */
  readonly crashWrites: Int32Array;
  /** By class: as in CrashClass. */
  readonly crashSaw: Int32Array;
  readonly crashWrote: Int32Array;
  /** Where the invocations of a class start in `crashInvoke`; NEVER ends them. */
  readonly crashStart: Int32Array;
  readonly crashInvoke: Int32Array;
}

export function crashTables({ invoke }: History, { crashes, values }: RegisterProblem): CrashTables {
  // One list more than there are values: nobody can see the one that stands for all that nobody wants.
  const lists = () => Array.from({ length: values + 1 }, (): number[] => []);
  const [casFrom, casTo] = [lists(), lists()];
  const crashWrites = new Int32Array(values).fill(-1);
  const crashStart: number[] = [];
  const crashInvoke: number[] = [];
  crashes.forEach(({ saw, wrote, rows }, crash) => {
    if (saw >= 0) {
      casFrom[saw]!.push(crash);
      casTo[wrote]!.push(crash);
    } else crashWrites[wrote] = crash;
    crashStart.push(crashInvoke.length);
    for (const row of rows) crashInvoke.push(invoke[row]!);
    crashInvoke.push(NEVER);
  });
  return {
    casFrom,
    casTo,
    crashWrites,
    crashSaw: Int32Array.from(crashes, ({ saw }) => saw),
    crashWrote: Int32Array.from(crashes, ({ wrote }) => wrote),
    crashStart: Int32Array.from(crashStart),
    crashInvoke: Int32Array.from(crashInvoke),
  };
}
