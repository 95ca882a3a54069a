/**
 * Faults of disks that the agent does to every volume of some nodes, and undoes. Writes of the agent's own, through the
 * nodes' mounts, tell what the nodes' processes meet.
 *
 * A node may die of its disk: that is an effect too, and the healing starts it again.
 */
import type { Agent, Cluster, Node } from '../../targets/index.ts';
import type { Injection } from '../fault.ts';
import { examine, type Finding } from '../node-evidence.ts';
import { harmNodes } from '../node-harm.ts';
import { victimsOf, type Victims } from '../victims.ts';
import { watch } from '../watch.ts';
import { disksOf, type Volume } from './volume.ts';
import { tryWrite, type Written } from './write.ts';

export interface DiskHarm {
  /** Shell scripts for the agent; the cure also succeeds where it was run before, or the volume is gone. */
  readonly harm: string;
  readonly cure: string;
  readonly shows: (written: Written) => boolean;
  /** The cgroup that the trial writes are to be made in. */
  readonly cgroup?: string;
}

/** How long a trial write is waited for: longer than a disk of a busy machine takes, mostly. */
const PATIENCE_MS = 1000;
/** A disk that is well again may have a backlog. */
const RECOVERY_PATIENCE_MS = 5000;

export async function harmDisks(
  cluster: Cluster,
  victims: Victims,
  prepare: (agent: Agent, volume: Volume, pid: number) => Promise<DiskHarm> | DiskHarm,
  signal: AbortSignal,
): Promise<Injection> {
  const nodes = victimsOf(cluster, victims);
  const injection = await harmNodes(
    cluster,
    victims,
    async (agent, pid, node) => {
      const volumes = await disksOf(agent, pid, node);
      const harms = await Promise.all(
        volumes.map(async (volume) => ({ volume, ...(await prepare(agent, volume, pid)) })),
      );
      return {
        deadly: true,
        harm: harms.map(({ harm }) => `{ ${harm}\n}`).join(' && '),
        cure: harms.map(({ cure }) => `{ ${cure}\n}`).join(' && '),
        shows: async () =>
          worst(
            await Promise.all(
              harms.map(async ({ volume, shows, cgroup }) => {
                const options = { limitMs: PATIENCE_MS, ...(cgroup !== undefined && { cgroup }) };
                const written = await tryWrite(agent, volume, options);
                return { what: `${volume.path}: ${written.what}`, seen: shows(written) };
              }),
            ),
          ),
        gone: () => writable(agent, pid, node),
      };
    },
    signal,
  );
  return {
    ...injection,
    async heal(until) {
      await injection.heal(until);
      await startEnded(nodes);
    },
    recovery: (until) => watch(() => allWritable(cluster, nodes), until, 50),
  };
}

export async function startEnded(nodes: readonly Node[]): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      if ((await node.state()).status === 'exited') await node.start();
    }),
  );
}

/** Whether the nodes run and every one of their volumes takes a write. */
export function allWritable(cluster: Cluster, nodes: readonly Node[]) {
  return examine(nodes, cluster.clock, async ({ status, pid }, node) =>
    cluster.agent === undefined || pid === 0 ? { what: status, seen: false } : writable(cluster.agent, pid, node),
  );
}

async function writable(agent: Agent, pid: number, node: Node): Promise<Finding> {
  const volumes = await disksOf(agent, pid, node);
  return worst(
    await Promise.all(
      volumes.map(async (volume) => {
        const { outcome, what } = await tryWrite(agent, volume, { limitMs: RECOVERY_PATIENCE_MS });
        return { what: `${volume.path}: ${what}`, seen: outcome === 'written' };
      }),
    ),
  );
}

function worst(findings: readonly Finding[]): Finding {
  return findings.find(({ seen }) => !seen) ?? findings[0] ?? { what: 'no volume', seen: false };
}
