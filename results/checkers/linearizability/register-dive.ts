/**
 * A register with repeated values as the general search reads it: states are values, steps need no table.
 *
 * The depth-first search of general/ dives through a history that is linearizable in hardly more steps than it has operations,
 * crashed ones or not, where the exact frontier is wide; and what it finds is an order.
 */
import type { History } from '../../history/index.ts';
import { NONE, type SearchMoves } from './general/moves.ts';
import { assignSlots } from './general/open-slots.ts';
import type { CrashClass, SearchProblem } from './general/problem.ts';
import { DIFFERS, type RegisterProblem } from './register-problem.ts';
import { CAS, READ, WRITE } from './register-values.ts';
import { tupleTable } from './tuples.ts';

export function diveProblem({ complete, invoke }: History, problem: RegisterProblem): SearchProblem {
  const { rows, kind, saw, wrote, events } = problem;
  const size = rows.length;
  const classes = operationClasses();
  const classOf = new Int32Array(size);
  const returnAt = new Int32Array(size);
  for (let rank = 0; rank < size; rank++) {
    classOf[rank] = classes.of(kind[rank]!, saw[rank]!, wrote[rank]!);
    returnAt[rank] = complete[rows[rank]!]!;
  }
  const crashes = problem.crashes.map((crash): CrashClass => ({
    operationClass: classes.of(crash.saw < 0 ? WRITE : CAS, crash.saw, crash.wrote),
    rows: crash.rows,
    invoked: crash.rows.map((row) => invoke[row]!),
  }));
  return {
    moves: classes.moves(),
    rows,
    classOf,
    shared: new Uint8Array(size).fill(1),
    events,
    returnAt,
    slots: assignSlots(events, size),
    crashes,
  };
}

/** Operations that do the same. */
function operationClasses() {
  const known = tupleTable();
  const words = new Int32Array(3);
  const [kinds, saws, wrotes]: [number[], number[], number[]] = [[], [], []];
  return {
    of(kind: number, saw: number, wrote: number): number {
      words[0] = kind;
      words[1] = saw;
      words[2] = wrote;
      const id = known.intern(words, 3);
      if (id < kinds.length) return id;
      kinds.push(kind);
      saws.push(saw);
      wrotes.push(wrote);
      return id;
    },
    moves: (): SearchMoves => ({
      // The initial value is number 0: see RegisterProblem.
      initial: 0,
      observer: Uint8Array.from(kinds, (kind) => (kind === READ || kind === DIFFERS ? 1 : 0)),
      bytes: () => known.bytes() + 24 * kinds.length,
      next(state, operationClass, choice) {
        const kind = kinds[operationClass]!;
        if (choice > 0) return NONE;
        if (kind === WRITE) return wrotes[operationClass]!;
        if ((saws[operationClass] === state) === (kind === DIFFERS)) return NONE;
        return kind === CAS ? wrotes[operationClass]! : state;
      },
    }),
  };
}
