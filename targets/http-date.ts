/**
 * A server's own clock, by the Date header of its HTTP answers (RFC 9110, 6.6.1). Go's net/http stamps every answer with
 * time.Now(), so etcd and many others tell their time to whoever asks for anything.
 *
 * The header has whole seconds. Asked again and again until the second changes, it tells the time to within the pace of asking.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClockReading } from './cluster.ts';

const ASK_EVERY_MS = 5;
/** A second must change within a second, unless the clock runs slowly. */
const GIVE_UP_MS = 2_500;

/** Rejects if the server does not answer, has no Date header, or its second does not change. */
export async function httpDate(url: string, signal: AbortSignal): Promise<ClockReading> {
  const startMs = performance.now();
  let last = await ask(url, signal);
  while (performance.now() - startMs < GIVE_UP_MS) {
    await sleep(ASK_EVERY_MS, undefined, { signal });
    const next = await ask(url, signal);
    if (next.headerMs !== last.headerMs) {
      // The second began between the earlier request's departure and the later answer's arrival.
      const errorMs = Math.ceil((next.afterMs - last.beforeMs) / 2) + 1;
      return { nodeMs: Math.max(next.headerMs, last.headerMs), trueMs: (last.beforeMs + next.afterMs) / 2, errorMs };
    }
    last = next;
  }
  throw new Error(`the second in the Date header of ${url} does not change`);
}

async function ask(url: string, signal: AbortSignal): Promise<{ headerMs: number; beforeMs: number; afterMs: number }> {
  const beforeMs = Date.now();
  const response = await fetch(url, { signal });
  const afterMs = Date.now();
  await response.arrayBuffer();
  const headerMs = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(headerMs)) throw new Error(`${url} answers without a Date header`);
  return { headerMs, beforeMs, afterMs };
}
