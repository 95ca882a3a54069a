/**
 * Follows nodes through their restarts: what is set in a node's own namespace or cgroup ends with that run of the node,
 * and the next one must be harmed anew.
 *
 * The runtime is asked for the nodes' processes again and again, so it does not matter who starts a node: another fault,
 * its healing, or somebody else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../targets/index.ts';

/** A node that was started anew goes unharmed for about this long. */
const PERIOD_MS = 100;

export interface Following {
  /** Why the last try to harm a node that was started anew failed; undefined where none did. */
  complaint(): string | undefined;
  /** Resolves when nothing of its own is under way any more. */
  stop(): Promise<void>;
}

/**
 * `arrived` is called `afterMs` after it was noticed with every new run of a node that is not the one in `known`, and
 * again while it rejects.
 */
export function follow(
  nodes: readonly Node[],
  known: ReadonlyMap<string, number>,
  arrived: (node: Node, pid: number) => Promise<void>,
  afterMs = 0,
): Following {
  const stopped = new AbortController();
  const pids = new Map(known);
  let complaint: string | undefined;

  const isStopped = () => stopped.signal.aborted;
  const lookAt = async (node: Node) => {
    const { pid } = await node.state();
    if (pid === 0 || pid === pids.get(node.name) || isStopped()) return;
    await sleep(afterMs, undefined, { signal: stopped.signal });
    await arrived(node, pid);
    pids.set(node.name, pid);
  };
  const loop = async () => {
    while (!isStopped()) {
      await sleep(PERIOD_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (isStopped()) return;
      const refusals = (await Promise.allSettled(nodes.map(lookAt))).filter(({ status }) => status === 'rejected');
      complaint = refusals.map((refusal) => String((refusal as PromiseRejectedResult).reason)).at(0);
    }
  };
  const ended = loop();
  return {
    complaint: () => complaint,
    async stop() {
      stopped.abort();
      await ended;
    },
  };
}
