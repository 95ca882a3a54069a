/** Whom a fault of nodes strikes: how many of them is drawn first, then which. */
import { z } from 'zod';
import type { Cluster, Node } from '../targets/index.ts';
import type { Random } from '../workloads/index.ts';
import { byNumber } from './topology.ts';

export const Victims = z.object({
  /** Where the names come from; for people. */
  who: z.string(),
  nodes: z.array(z.string()).min(1),
});
export type Victims = z.infer<typeof Victims>;

/** How many of so many nodes; of one node each of them is all. */
const counts = {
  one: () => 1,
  minority: (count: number, random: Random) => 1 + random.int(Math.max(1, Math.ceil(count / 2) - 1)),
  majority: (count: number) => Math.floor(count / 2) + 1,
  all: (count: number) => count,
};

export type Who = keyof typeof counts;

/** Draws among `whos`, each as likely, then so many nodes. */
export function chooseVictims(nodes: readonly string[], whos: readonly Who[], random: Random): Victims {
  const who = random.pick(whos);
  return { who, nodes: random.shuffle(nodes).slice(0, counts[who](nodes.length, random)).toSorted(byNumber) };
}

export function victimsOf(cluster: Cluster, { nodes }: Victims): Node[] {
  return nodes.map((name) => {
    const node = cluster.nodes.find((one) => one.name === name);
    if (node === undefined)
      throw new Error(`the plan names ${name}; the cluster has ${cluster.nodes.map((one) => one.name).join()}`);
    return node;
  });
}
