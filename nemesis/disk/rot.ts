/**
 * Rot: a file of a node's data is not what the node wrote. How a file is chosen, and what healing can mean.
 *
 * Bytes that were lost do not come back: the process may have built upon them meanwhile, so putting the old ones back
 * would be a second corruption. Healing means what an operator does: where the target's nodes can leave and join, the node
 * is taken out and joins again with empty disks; elsewhere it is started if it has ended, and has to live with its data.
 *
 * No system survives the rot of a majority. Since rot may stay, only ever the same minority of nodes is chosen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Problem, type Effect, type Measure } from '../../results/index.ts';
import type { Agent, Cluster, Node } from '../../targets/index.ts';
import type { Random } from '../../workloads/index.ts';
import type { Injection } from '../fault.ts';
import { identities, recovered, rejoin } from '../membership.ts';
import { examine } from '../node-evidence.ts';
import { byNumber } from '../topology.ts';
import { victimsOf } from '../victims.ts';
import { watch } from '../watch.ts';
import { startEnded } from './disk-harm.ts';
import { volumesOf } from './volume.ts';

export const Rot = z.object({
  node: z.string(),
  /** A file, relative to its volume; absent: `pick` chooses among all that are not empty, by their size. */
  file: z.string().optional(),
  pick: z.number().min(0).max(1),
  /** Where in the file, as a share of its length. */
  at: z.number().min(0).max(1),
  /** Kill and start the node right away, so that it reads its data again. */
  restart: z.boolean(),
});
export type Rot = z.infer<typeof Rot>;

export function chooseRot(nodes: readonly string[], random: Random): Rot {
  const minority = nodes.toSorted(byNumber).slice(-Math.max(1, Math.ceil(nodes.length / 2) - 1));
  return { node: random.pick(minority), pick: random.float(), at: random.float(), restart: random.float() < 0.5 };
}

/** A file as the agent reaches it. */
export interface RottenFile {
  readonly path: string;
  /** For people. */
  readonly name: string;
  readonly size: number;
}

/** What was done to a file, and whether it was read back so through the node's mount. */
export interface Decay {
  readonly what: string;
  readonly seen: boolean;
}

export async function rot(
  cluster: Cluster,
  plan: Rot,
  decay: (agent: Agent, file: RottenFile) => Promise<Decay>,
  signal: AbortSignal,
): Promise<Injection> {
  const { agent, clock, membership } = cluster;
  if (agent === undefined) throw new Problem('This fault needs the agent, and there is none.', 'See `ordeal doctor`.');
  const nodes = victimsOf(cluster, { who: 'one', nodes: [plan.node] });
  const node = nodes[0] as Node;
  const file = await fileOf(agent, node, plan, signal);
  const members = membership === undefined ? null : await identities(membership, cluster.nodes, signal);
  signal.throwIfAborted();
  const done = await decay(agent, file);
  const doneNs = clock.nowNs();
  if (plan.restart) {
    await node.kill();
    await node.start();
  }
  let settled: { readonly startedAt: string; readonly sinceMs: number } | null = null;
  return {
    describe: `${file.name} of ${plan.node}: ${done.what}${plan.restart ? ', restarted' : ''}`,
    nodes: [plan.node],
    async effect(): Promise<Effect> {
      // It showed when it was done; the process may have died of it since, or written the place over.
      const { status, exitCode } = await node.state();
      const fate = status === 'exited' ? `; the node ended with ${exitCode ?? 'an unknown code'}` : '';
      const measure: Measure = { where: plan.node, what: `${file.name}: ${done.what}${fate}`, seen: done.seen };
      return { seen: done.seen, measures: [{ ...measure, ...(done.seen && { firstNs: doneNs, lastNs: doneNs }) }] };
    },
    async heal(until) {
      if (membership === undefined) await startEnded(nodes);
      else await rejoin(membership, node, until);
    },
    async recovery(until) {
      if (membership !== undefined && members !== null) return recovered(cluster, membership, nodes, members, until);
      return watch(
        () =>
          examine(nodes, clock, ({ status, startedAt }) => {
            if (status !== 'running') {
              settled = null;
              return { what: `${status}: it does not run on its data`, seen: false };
            }
            if (settled?.startedAt !== startedAt) settled = { startedAt, sinceMs: performance.now() };
            const sinceMs = performance.now() - settled.sinceMs;
            return { what: `runs for ${(sinceMs / 1000).toFixed(1)} s`, seen: sinceMs >= SETTLED_MS };
          }),
        until,
        100,
      );
    },
  };
}

/** A process that finds its data rotten ends within this time, mostly. */
const SETTLED_MS = 1000;
const LIST_TRIES = 20;

async function fileOf(agent: Agent, node: Node, { file, pick }: Rot, signal: AbortSignal): Promise<RottenFile> {
  const pid = await whenRunning(node, signal);
  const volumes = await volumesOf(agent, pid, node);
  for (let attempt = 0; attempt < LIST_TRIES; attempt++) {
    const files = await Promise.all(volumes.map(({ folder }) => list(agent, folder)));
    const all = files.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const chosen = file === undefined ? bySize(all, pick) : all.find(({ name }) => name === file);
    if (chosen !== undefined) return chosen;
    await sleep(50);
  }
  throw new Error(
    `${node.name} has no ${file === undefined ? 'file that holds anything' : `file ${file} with content`}`,
  );
}

/** Another fault may have ended it for a while. */
async function whenRunning(node: Node, signal: AbortSignal): Promise<number> {
  for (;;) {
    const { pid, status } = await node.state();
    if (pid !== 0) return pid;
    if (signal.aborted) throw new Error(`${node.name} is ${status}`);
    await sleep(100, undefined, { signal }).catch(() => undefined);
  }
}

async function list(agent: Agent, folder: string): Promise<RottenFile[]> {
  // Files may vanish while they are listed.
  const text = await agent.run(
    `find '${folder}' -xdev -type f -size +0 ! -name '.ordeal-*' -printf '%s %P\\n' 2>/dev/null || true`,
  );
  return [...text.matchAll(/^(\d+) (.+)$/gm)].map(([, size, name = '']) => ({
    path: `${folder}/${name}`,
    name,
    size: Number(size),
  }));
}

function bySize(files: readonly RottenFile[], pick: number): RottenFile | undefined {
  let left = pick * files.reduce((sum, { size }) => sum + size, 0);
  return files.find(({ size }) => (left -= size) < 0) ?? files.at(-1);
}
