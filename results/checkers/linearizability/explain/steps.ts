/**
 * The operations around the place where the search got stuck, each with its place and the model's state before and after.
 */
import type { History, Value } from '../../../history/index.ts';
import type { Step } from '../../../verdict.ts';
import type { Model } from '../model.ts';
import { operationAt } from '../operation.ts';
import type { Violation } from '../outcome.ts';
import type { Subhistory } from '../subhistory.ts';
import { membersOf } from './ties.ts';

/** So many of the last operations that were placed. */
const PLACED_SHOWN = 12;
/** And so many of those that could not be. */
const STUCK_SHOWN = 20;

/** `longest` must be a search's: see Violation. In order of invocation. */
export function stepsAround(part: Subhistory, model: Model, { longest, cut }: Violation): readonly Step[] {
  const { history } = part;
  const placed = new Set(longest);
  const stuck = membersOf(part, model)
    .filter(({ row, invoke }) => !placed.has(row) && invoke <= cut)
    .slice(-STUCK_SHOWN)
    .map(({ row, invoke }) => ({ row, step: { invoke, position: null } }));
  const states = statesAlong(history, model, longest);
  const first = Math.max(0, longest.length - PLACED_SHOWN);
  const shown = longest.slice(first).map((row, index) => {
    const position = first + index;
    const [before, after] = [states[position], states[position + 1]];
    const known = before === undefined || after === undefined ? {} : { before, after };
    return { row, step: { invoke: history.invoke[row] ?? 0, position, ...known } };
  });
  return [...shown, ...stuck].sort((a, b) => a.row - b.row).map(({ step }) => step);
}

/**
 * The states along an order, the initial one first; where the model has a choice, its first one. Undefined from where it allows
 * no step on.
 */
export function statesAlong(history: History, model: Model, order: readonly number[]): readonly (Value | undefined)[] {
  const states: (Value | undefined)[] = [model.init];
  for (const row of order) {
    const before = states.at(-1);
    states.push(before === undefined ? undefined : model.step(before, operationAt(history, row))[0]);
  }
  return states;
}
