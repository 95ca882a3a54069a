/**
 * The network falls apart: some nodes no longer receive what others send, and nobody is told.
 *
 * What the nodes hear is decided by a set of directed links; see `topology.ts` for the shapes. Both the cut and the
 * healing are measured with packets between the nodes' own interfaces that flow before, during and after it, in both
 * address families. A cut stays over kill and start of a node.
 */
import { z } from 'zod';
import { Problem } from '../results/index.ts';
import type { Cluster, Link, Network } from '../targets/index.ts';
import { defineFault, type Injection } from './fault.ts';
import { nameOf } from './link-evidence.ts';
import { harmLinks } from './link-harm.ts';
import { describeCut, topologies, type Shape, type Topology } from './topology.ts';

const Plan = z.object({
  /** Where the links come from; for people. */
  shape: z.string(),
  /** The directed links to cut, as `[from, to]`. */
  links: z.array(z.tuple([z.string(), z.string()])).min(1),
});

export default defineFault<z.infer<typeof Plan>>({
  name: 'partition',
  summary: 'cuts links between nodes: halves, rings, bridges, one-way, ...',
  needs: ['partition'],
  harms: ['network'],
  plan: Plan,
  choose(nodes, random) {
    const possible = Object.entries<Topology>(topologies).filter(([, { atLeast }]) => nodes.length >= atLeast);
    if (possible.length === 0) {
      throw new Problem(`${nodes.length} node cannot be partitioned.`, 'Ask for at least two nodes.');
    }
    const [shape, topology] = random.pick(possible);
    return planOf(shape as Shape, topology.cut(random.shuffle(nodes), random));
  },
  inject: (cluster, { links }, signal) =>
    cutLinks(
      cluster,
      links.map(([from, to]) => ({ from, to })),
      signal,
    ),
});

/** The plan that cuts these links. */
export function planOf(shape: Shape | 'primaries', links: readonly Link[]): z.infer<typeof Plan> {
  return { shape, links: links.map(({ from, to }) => [from, to]) };
}

/** What the partitions in force cut, per network: it takes all of it at once, and each of them heals only its own. */
const inForce = new WeakMap<Network, Set<readonly Link[]>>();

/** Cuts these links and measures all links of the cluster. */
export function cutLinks(cluster: Cluster, links: readonly Link[], signal: AbortSignal): Promise<Injection> {
  const { network } = cluster;
  const cuts = inForce.get(network) ?? new Set();
  inForce.set(network, cuts);
  const apply = () => network.cut([...new Map([...cuts].flat().map((link) => [nameOf(link), link])).values()]);
  return harmLinks(
    cluster,
    {
      describe: describeCut(
        cluster.nodes.map(({ name }) => name),
        links,
      ),
      links,
      guarded: true,
      async harm() {
        cuts.add(links);
        await apply();
      },
      async heal() {
        cuts.delete(links);
        await apply();
      },
    },
    signal,
  );
}
