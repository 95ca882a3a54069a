/**
 * The judge of the judges: tries every order. For tests and for confirming small witnesses; factorial beyond a dozen.
 *
 * It shares nothing with the searches but the model: no memory, no classes, no shortcuts. Recursion: any operation may come
 * next unless another one that was not yet placed had completed before it was invoked; done when all ok ones are placed.
 */
import { FAIL, INFO, type Value } from '../../history/index.ts';
import type { Model } from './model.ts';
import { operationAt } from './operation.ts';
import type { Subhistory } from './subhistory.ts';

/** A linearization as rows, or undefined if there is none. */
export function bruteForce({ history, rows }: Subhistory, model: Model): readonly number[] | undefined {
  const entries = Array.from(rows, (row) => ({
    row,
    operation: operationAt(history, row),
    invoke: history.invoke[row] ?? 0,
    complete: history.outcome[row] === INFO ? Infinity : (history.complete[row] ?? 0),
  })).filter(({ row, operation }) => history.outcome[row] !== FAIL || model.keepsFailed?.(operation));

  const extend = (
    open: readonly (typeof entries)[number][],
    state: Value,
    order: readonly number[],
  ): readonly number[] | undefined => {
    if (open.every(({ complete }) => complete === Infinity)) return order;
    for (const entry of open) {
      if (open.some(({ complete }) => complete < entry.invoke)) continue;
      const rest = open.filter((other) => other !== entry);
      for (const next of model.step(state, entry.operation)) {
        const found = extend(rest, next, [...order, entry.row]);
        if (found) return found;
      }
    }
    return undefined;
  };
  return extend(entries, model.init, []);
}
