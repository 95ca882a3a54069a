/**
 * The network falls apart: some nodes no longer receive what others send, and nobody is told.
 *
 * What the nodes hear is decided by a set of directed links; see `topology.ts` for the shapes. Both the cut and the
 * healing are measured with packets between the nodes' own interfaces that flow before, during and after it, in both
 * address families. A cut stays over kill and start of a node.
 */
import { z } from 'zod';
import { Problem, type Effect } from '../results/index.ts';
import type { Beacon, Cluster, Link, Network } from '../targets/index.ts';
import { defineFault, type Injection } from './fault.ts';
import { flow, nameOf, silence } from './link-evidence.ts';
import { describeCut, pairsOf, topologies, type Shape, type Topology } from './topology.ts';
import { watch } from './watch.ts';

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

/** Links that injections in force have cut, per network: it takes them all at once, and each heals only its own. */
const inForce = new WeakMap<Network, Set<readonly Link[]>>();

/** Cuts these links and measures all links of the cluster. */
export async function cutLinks(cluster: Cluster, links: readonly Link[], signal: AbortSignal): Promise<Injection> {
  const { network, clock } = cluster;
  const names = cluster.nodes.map(({ name }) => name);
  const every = pairsOf(names);
  const cuts = inForce.get(network) ?? new Set();
  inForce.set(network, cuts);
  const cutNow = () => [...cuts].flat();
  let healedNs = Infinity;

  let beacon: Beacon | null = await network.beacon(every, signal);
  const close = async () => {
    await beacon?.[Symbol.asyncDispose]();
    beacon = null;
  };
  const measure = (judge: (open: Beacon) => Promise<Effect>, until: AbortSignal) =>
    watch(async () => judge((beacon ??= await network.beacon(every, until))), until).finally(close);

  try {
    await network.cut(distinct([...cutNow(), ...links]));
    cuts.add(links);
  } catch (error) {
    await network.cut(distinct(cutNow())).finally(close);
    throw error;
  }
  return {
    describe: describeCut(names, links),
    nodes: names.filter((name) => links.some(({ from, to }) => from === name || to === name)),
    effect: (until) =>
      measure(async (open) => {
        const arrivals = await open.read();
        const others = new Set(cutNow().map(nameOf));
        const judged = arrivals.filter(
          ({ link }) => links.some((cut) => nameOf(cut) === nameOf(link)) || !others.has(nameOf(link)),
        );
        return silence(judged, links, clock.nowNs());
      }, until),
    async heal(until) {
      await close();
      // Opened before the links are, so that the very first packet is seen.
      beacon = await network.beacon(every, until);
      cuts.delete(links);
      healedNs = clock.nowNs();
      await network.cut(distinct(cutNow()));
    },
    recovery: (until) => measure(async (open) => flow(await open.read(), links, cutNow(), healedNs), until),
  };
}

function distinct(links: readonly Link[]): Link[] {
  return [...new Map(links.map((link) => [nameOf(link), link])).values()];
}
