/**
 * Groups of operations that can only have happened one group after the other: do they fit the order of time?
 *
 * Two neighbours may not be swapped, so it is enough that nobody in a later group completed before somebody in an earlier one
 * was invoked: then each may happen at the latest invocation so far. Linear time.
 */
import { NEVER, OK, type History } from '../../../history/index.ts';
import type { Witnesses } from './elements.ts';

/**
 * Rows of two that stand the wrong way round: the one that has to be later, then the one that has to be earlier; and one that
 * `tells` which of them is which, if any does.
 */
export function inSequence(
  { invoke, complete, outcome }: History,
  groups: readonly (readonly number[])[],
  tells: (row: number) => boolean = () => false,
): Witnesses | undefined {
  let [latest, latestGroup] = [-1, -1];
  for (const [index, group] of groups.entries()) {
    for (const row of group) {
      const end = outcome[row] === OK ? complete[row]! : NEVER;
      if (latest < 0 || end > invoke[latest]!) continue;
      const teller = groups.slice(latestGroup).find(([first]) => first !== undefined && tells(first))?.[0];
      return [...new Set([row, latest, teller ?? row])];
    }
    for (const row of group) {
      if (latest < 0 || invoke[row]! > invoke[latest]!) [latest, latestGroup] = [row, index];
    }
  }
  return undefined;
}
