/**
 * How long tests of faults wait. What is bound to be seen gets far more time than it needs on a free machine, so that a
 * crowded one fails nothing; how fast things are is told by benchmarks.
 */

/** For what will be seen. */
export const soon = () => AbortSignal.timeout(30_000);

/** For what must not be seen: all of it is waited out. */
export const shortly = () => AbortSignal.timeout(1_500);

/** For polls of what will be seen; what is wrong stays so, and fails in the end. */
export const PATIENTLY = { timeout: 30_000, interval: 100 };
