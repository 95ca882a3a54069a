/** Waiting for a measurement to show what it should, within bounds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect } from '../results/index.ts';

/** Measures again and again until the effect is seen; at `signal` it returns the last measurement as it is. */
export async function watch(measure: () => Promise<Effect>, signal: AbortSignal, everyMs = 5): Promise<Effect> {
  for (;;) {
    const effect = await measure();
    if (effect.seen || signal.aborted) return effect;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
