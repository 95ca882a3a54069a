/**
 * Faults of disks that the agent does to every volume of some nodes, and undoes. Writes of the agent's own, through the
 * nodes' mounts, tell what the nodes' processes meet.
 *
 * A node may die of its disk: that is an effect too, and the healing starts it again.
 */
import type { Agent, Cluster, Node, NodeState } from '../../targets/index.ts';
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
/** In so many of the first looks at whether all is well, ended nodes are started; who ends again later does not recover. */
const STARTS = 40;
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
        deadly: endedByItself,
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
    { followAfterMs: 0 },
  );
  return {
    ...injection,
    async heal(until) {
      await injection.heal(until);
      await startEnded(nodes);
    },
    async recovery(until) {
      let starts = STARTS;
      return watch(
        async () => {
          // Who was dying when it was healed has ended only now.
          if (starts-- > 0) await startEnded(nodes);
          return allWritable(cluster, nodes);
        },
        until,
        50,
      );
    },
  };
}

/** Exit codes of a process that said goodbye, or was ended by SIGKILL or SIGTERM: by another fault, not by its disk. */
const ENDED_BY_OTHERS = [0, 137, 143];

export function endedByItself({ status, exitCode }: NodeState): boolean {
  return status === 'exited' && exitCode !== null && !ENDED_BY_OTHERS.includes(exitCode);
}

/** Starts the nodes that died; one that was ended is left to whom that was. */
export async function startEnded(nodes: readonly Node[]): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      if (endedByItself(await node.state())) await node.start();
    }),
  );
}

/** Whether every volume of every node takes a write; nothing is demanded of a node that something else has ended. */
export function allWritable(cluster: Cluster, nodes: readonly Node[]) {
  const { agent, clock } = cluster;
  return examine(nodes, clock, async (state, node) => {
    if (agent !== undefined && state.pid !== 0) return writable(agent, state.pid, node);
    return { what: state.status, seen: !endedByItself(state) };
  });
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
