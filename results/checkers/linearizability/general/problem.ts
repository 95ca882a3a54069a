/**
 * One subhistory as both searches read it: who must be placed, who crashed and may be, and the events in order.
 */
import { FAIL, INFO, OK } from '../../../history/index.ts';
import { eventOrder } from '../event-order.ts';
import type { Model } from '../model.ts';
import type { Subhistory } from '../subhistory.ts';
import { movesOf, type SearchMoves } from './moves.ts';
import { assignSlots, type Slots } from './open-slots.ts';

export interface SearchProblem {
  readonly moves: SearchMoves;
  /** Rows that must be placed, in order of invocation: a row's place here is its rank. */
  readonly rows: Int32Array;
  /** By rank. */
  readonly classOf: Int32Array;
  /** By rank: 1 for an operation that others of its class may stand for. */
  readonly shared: Uint8Array;
  /** Calls (rank) and returns (~rank) in order. */
  readonly events: Int32Array;
  /** By rank: the event index in the history of its return. */
  readonly returnAt: Int32Array;
  readonly slots: Slots;
  readonly crashes: readonly CrashClass[];
}

/** Crashed operations of one class, which are interchangeable: they may come at any time after their invocation, or never. */
export interface CrashClass {
  readonly operationClass: number;
  /** Rows, in order of invocation, and their invocations. */
  readonly rows: readonly number[];
  readonly invoked: readonly number[];
}

export function searchProblem(part: Subhistory, model: Model): SearchProblem {
  const { history, rows } = part;
  const moves = movesOf(part, model);
  const kept = moves.classes.map(
    (operation) => operation.outcome === 'fail' && (model.keepsFailed?.(operation) ?? false),
  );
  const placed = new Int32Array(rows.length);
  const classOf = new Int32Array(rows.length);
  const members = new Int32Array(moves.classes.length);
  const crashes = new Map<number, { rows: number[]; invoked: number[] }>();
  let size = 0;
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!;
    const id = moves.classOf[place]!;
    const outcome = history.outcome[row];
    if (outcome === OK || (outcome === FAIL && kept[id] === true)) {
      placed[size] = row;
      classOf[size++] = id;
      members[id]!++;
    } else if (outcome === INFO && moves.observer[id] === 0) {
      const same = crashes.get(id) ?? { rows: [], invoked: [] };
      same.rows.push(row);
      same.invoked.push(history.invoke[row]!);
      crashes.set(id, same);
    }
  }
  const required = placed.subarray(0, size);
  const events = eventOrder(history, required);
  const returnAt = new Int32Array(size);
  const shared = new Uint8Array(size);
  for (let rank = 0; rank < size; rank++) {
    returnAt[rank] = history.complete[required[rank]!]!;
    shared[rank] = members[classOf[rank]!]! > 1 ? 1 : 0;
  }
  return {
    moves,
    rows: required,
    classOf,
    shared,
    events,
    returnAt,
    slots: assignSlots(events, size),
    crashes: [...crashes].map(([operationClass, same]) => ({ operationClass, ...same })),
  };
}

/** Rows of moves, a rank or ~crash class each: the nth use of a crash class is its nth row. */
export function rowsOf({ rows, crashes }: SearchProblem, moves: Iterable<number>): number[] {
  const uses = new Int32Array(crashes.length);
  return Array.from(moves, (what) => (what >= 0 ? rows[what]! : crashes[~what]!.rows[uses[~what]!++]!));
}
