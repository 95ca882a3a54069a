/** What a search may spend. It asks now and then; past a limit it answers `unknown` and says how far it came. */
import { isStopped, type Limits } from '../checker.ts';

export interface Budget {
  /** Why the search must stop now, given the bytes its tables hold; undefined while it may go on. */
  exceeded(bytes: number): string | undefined;
}

/** What there was too little of. Only what lacked time gets further with more of it. */
export type Shortage = 'time' | 'memory' | 'interrupt';

export interface Purse extends Budget {
  /** What the search was last told; undefined if it never had to stop. */
  readonly shortage: Shortage | undefined;
}

/**
 * A budget that starts now: `sliceMs` of the time that `limits` give to the whole check. `now` is in milliseconds,
 * monotonic.
 */
export function startBudget(
  limits: Limits,
  sliceMs = limits.budgetMs,
  now: () => number = () => performance.now(),
): Purse {
  const deadlineMs = now() + sliceMs;
  let shortage: Shortage | undefined;
  return {
    get shortage() {
      return shortage;
    },
    exceeded(bytes) {
      if (isStopped(limits)) shortage = 'interrupt';
      else if (bytes > limits.memoryBytes) shortage = 'memory';
      else if (now() > deadlineMs) shortage = 'time';
      else return undefined;
      return REASONS[shortage](limits, Math.max(0, sliceMs));
    },
  };
}

const REASONS: Readonly<Record<Shortage, (limits: Limits, sliceMs: number) => string>> = {
  interrupt: () => 'the check was interrupted',
  memory: ({ memoryBytes }) => `the search needed more than its ${Math.round(memoryBytes / 2 ** 20)} MiB of memory`,
  time: ({ budgetMs }, sliceMs) => {
    const share = sliceMs < 0.99 * budgetMs ? `the ${seconds(sliceMs)} s that were its share of ` : 'its ';
    return `the search needed more than ${share}${seconds(budgetMs)} s`;
  },
};

const seconds = (ms: number) => Number((ms / 1000).toPrecision(3));
