/** What a search may spend. It asks now and then; past either limit it answers `unknown` and says how far it came. */
import type { Limits } from '../checker.ts';

export interface Budget {
  /** Why the search must stop now, given the bytes its tables hold; undefined while it may go on. */
  exceeded(bytes: number): string | undefined;
}

/** A budget that starts now. `now` is in milliseconds, monotonic. */
export function startBudget(limits: Limits, now: () => number = () => performance.now()): Budget {
  const deadlineMs = now() + limits.budgetMs;
  return {
    exceeded(bytes) {
      if (bytes > limits.memoryBytes) {
        return `the search needed more than its ${Math.round(limits.memoryBytes / 2 ** 20)} MiB of memory`;
      }
      return now() > deadlineMs ? `the search needed more than its ${limits.budgetMs / 1000} s` : undefined;
    },
  };
}
