/** Ending nodes and starting them again, and the proof that it was this very run of a node that ended. */
import type { Cluster, Node } from '../targets/index.ts';
import type { Injection } from './fault.ts';
import { examine, examineRunning, toAll } from './node-evidence.ts';
import { victimsOf, type Victims } from './victims.ts';
import { watch } from './watch.ts';

/** The nodes are ended by the injection, and started by its healing. */
export async function endNodes(
  cluster: Cluster,
  victims: Victims,
  end: (node: Node) => Promise<void>,
): Promise<Injection> {
  const { clock } = cluster;
  const nodes = victimsOf(cluster, victims);
  const before = new Map(await Promise.all(nodes.map(async (node) => [node.name, await node.state()] as const)));
  await toAll(nodes, end, (node) => node.start());
  return {
    describe: victims.nodes.join(),
    nodes: victims.nodes,
    effect: (until) =>
      watch(
        () =>
          examineRunning(nodes, clock, ({ status, exitCode, startedAt }, { name }) => {
            const was = before.get(name);
            // One that had ended by itself before was not ended by us.
            if (was === undefined || was.pid === 0) return { what: 'had ended before', seen: false, moot: true };
            if (status !== 'exited') return { what: `still ${status}`, seen: false };
            const what = `process ${was.pid} is gone, exit code ${exitCode ?? 'unknown'}`;
            return { what, seen: startedAt === was.startedAt };
          }),
        until,
      ),
    async heal() {
      await Promise.all(nodes.map((node) => node.start()));
    },
    recovery: (until) =>
      watch(
        () =>
          examine(nodes, clock, ({ status, pid, startedAt }, { name }) => ({
            what: status === 'running' ? `runs as process ${pid}` : status,
            seen: status === 'running' && startedAt !== before.get(name)?.startedAt,
          })),
        until,
      ),
  };
}
