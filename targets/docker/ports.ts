/**
 * Free ports on this machine, chosen before the containers exist, so that they stay the same over kill and start.
 *
 * They come from below the range that the system gives to outgoing connections: while a node is down, a client that
 * tries to reach it again and again would otherwise sooner or later be given the node's own port, and the node could not
 * start.
 */
import { createServer } from 'node:net';
import { Problem } from '../../results/index.ts';

const FIRST = 20_000;
const COUNT = 12_000;
const LIMIT = 2_000;

/**
 * `count` ports that can be bound on `host` now. `seed` moves the starting point apart for concurrent sessions; `spoken` are
 * spoken for, though the nodes that have them may be down.
 */
export async function freePorts(
  count: number,
  host: string,
  seed: number,
  spoken: ReadonlySet<number> = new Set(),
): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < LIMIT && found.length < count; i++) {
    const port = FIRST + ((seed + i) % COUNT);
    if (!spoken.has(port) && (await isFree(port, host))) found.push(port);
  }
  if (found.length < count) {
    throw new Problem(
      `Fewer than ${count} of the ports ${FIRST} to ${FIRST + COUNT - 1} on ${host} are free.`,
      'Remove what holds them; `ordeal clean` removes what earlier runs left.',
    );
  }
  return found;
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
