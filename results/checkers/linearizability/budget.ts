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

/** All that `limits` give, from now on. `now` is in milliseconds, monotonic. */
export function startBudget(limits: Limits, now: () => number = () => performance.now()): Purse {
  const deadlineMs = now() + limits.budgetMs;
  return purse(limits, limits.budgetMs, now, () => deadlineMs);
}

/**
 * A slice of the check's time, from when it is first asked on, and no longer than until `endMs`. Most keys are judged without
 * asking, in less time than it takes to read the clock.
 */
export function sliceOf(limits: Limits, sliceMs: number, endMs: number): Purse {
  const now = () => performance.now();
  return purse(limits, sliceMs, now, () => Math.min(now() + sliceMs, endMs));
}

function purse(limits: Limits, sliceMs: number, now: () => number, begin: () => number): Purse {
  let deadlineMs: number | undefined;
  const made: { shortage: Shortage | undefined; exceeded: Budget['exceeded'] } = {
    shortage: undefined,
    exceeded(bytes) {
      deadlineMs ??= begin();
      if (isStopped(limits)) made.shortage = 'interrupt';
      else if (bytes > limits.memoryBytes) made.shortage = 'memory';
      else if (now() > deadlineMs) made.shortage = 'time';
      else return undefined;
      return REASONS[made.shortage](limits, Math.max(0, sliceMs));
    },
  };
  return made;
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
