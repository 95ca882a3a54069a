/**
 * Silencing links and measuring it: what a partition and a pulled plug have in common.
 *
 * All links of the cluster carry packets of a beacon from before the harm until its effect was measured, and again from
 * before the healing until the recovery was: so the last packet that passed and the first that passes again are known.
 */
import type { Effect } from '../results/index.ts';
import type { Beacon, Cluster, Link, Network } from '../targets/index.ts';
import type { Injection } from './fault.ts';
import { flow, nameOf, silence } from './link-evidence.ts';
import { pairsOf } from './topology.ts';
import { watch } from './watch.ts';

export interface LinkHarm {
  readonly describe: string;
  readonly links: readonly Link[];
  harm(): Promise<void>;
  /** Also undoes what a `harm` that failed had begun. */
  heal(): Promise<void>;
}

/** Readings that did not show what they should. */
const REOPEN_AFTER = 25;

/** Links that faults in force harm, per network: no other fault may be blamed for their silence. */
const harmed = new WeakMap<Network, Set<readonly Link[]>>();

/** Tells all other faults of links that these are harmed; returns the function that takes it back. */
export function claim(network: Network, links: readonly Link[]): () => void {
  const all = harmed.get(network) ?? new Set();
  harmed.set(network, all);
  all.add(links);
  return () => void all.delete(links);
}

export async function harmLinks(cluster: Cluster, linkHarm: LinkHarm, signal: AbortSignal): Promise<Injection> {
  const { describe, links } = linkHarm;
  const { network, clock } = cluster;
  const names = cluster.nodes.map(({ name }) => name);
  const every = pairsOf(names);
  const others = () => [...(harmed.get(network) ?? [])].filter((one) => one !== links).flat();
  let healNs = Infinity;

  let beacon: Beacon | null = await network.beacon(every, signal);
  const close = async () => {
    await beacon?.[Symbol.asyncDispose]();
    beacon = null;
  };
  const measure = (judge: (open: Beacon) => Promise<Effect>, until: AbortSignal) => {
    let readings = 0;
    return watch(async () => {
      // A node that another fault has ended or started since is known as such to a new beacon only.
      if (++readings % REOPEN_AFTER === 0 && !until.aborted) await close();
      return judge((beacon ??= await network.beacon(every, until)));
    }, until).finally(close);
  };

  const release = claim(network, links);
  try {
    await linkHarm.harm();
  } catch (error) {
    release();
    await linkHarm.heal().finally(close);
    throw error;
  }
  return {
    describe,
    nodes: names.filter((name) => links.some(({ from, to }) => from === name || to === name)),
    effect: (until) =>
      measure(async (open) => {
        const arrivals = await open.read();
        const own = new Set(links.map(nameOf));
        const theirs = new Set(others().map(nameOf));
        const judged = arrivals.filter(({ link }) => own.has(nameOf(link)) || !theirs.has(nameOf(link)));
        return silence(judged, links, clock.nowNs());
      }, until),
    async heal(until) {
      await close();
      // Opened before the links are, so that the very first packet is seen.
      beacon = await network.beacon(every, until);
      release();
      healNs = clock.nowNs();
      await linkHarm.heal();
    },
    recovery: (until) => measure(async (open) => flow(await open.read(), links, others(), healNs), until),
  };
}
