/**
 * Signals that abort at a deadline, or with another signal.
 *
 * `AbortSignal.any([signal, AbortSignal.timeout(ms)])` would say the same, but on Node 20 nothing holds the timeout: after
 * a garbage collection it never fires, and what waits for it waits for ever. A wait without an end is the one thing that
 * a harness must not have, so these are held by an ordinary timer and by ordinary listeners. A lint rule forbids the other.
 */
import { setMaxListeners } from 'node:events';

/** Aborts after `ms`, or with the first of `signals`. The timer does not keep the process alive. */
export function within(ms: number, ...signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException(`not done within ${ms} ms`, 'TimeoutError'));
  const timer = setTimeout(late, ms).unref();
  controller.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return follow(controller, signals);
}

/** Aborts with the first of `signals`. */
export function either(...signals: readonly AbortSignal[]): AbortSignal {
  return follow(new AbortController(), signals);
}

function follow(controller: AbortController, signals: readonly AbortSignal[]): AbortSignal {
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    // Many may follow one signal, and each lets go of it at its own end; Node takes more than ten for a leak.
    setMaxListeners(0, signal);
    const abort = () => controller.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true, signal: controller.signal });
  }
  return controller.signal;
}
