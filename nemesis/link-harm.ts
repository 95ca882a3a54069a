/**
 * Silencing links and measuring it: what a partition and a pulled plug have in common.
 *
 * All links of the cluster carry packets of a beacon from before the harm until its effect was measured, and again from
 * before the healing until the recovery was: so the last packet that passed and the first that passes again are known.
 */
import { within, type Effect, type Measure } from '../results/index.ts';
import type { Beacon, Cluster, Link, Network } from '../targets/index.ts';
import type { Injection } from './fault.ts';
import { informedBeacon } from './informed-beacon.ts';
import { flow, nameOf, silence } from './link-evidence.ts';
import { pairsOf } from './topology.ts';
import { watch } from './watch.ts';

export interface LinkHarm {
  readonly describe: string;
  readonly links: readonly Link[];
  /** Their ends must not reach each other over the machine and a published port either. */
  readonly guarded?: true;
  harm(): Promise<void>;
  /** Also undoes what a `harm` that failed had begun. */
  heal(): Promise<void>;
}

/** A search has its own limit: one that is cut short has found nothing, which is not the same as nothing to find. */
const HAIRPIN_LIMIT_MS = 5_000;

/** A beacon that replaces another one has its own limit too: an end of the measuring in between must not spoil it. */
const BEACON_LIMIT_MS = 5_000;

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

/** All links that faults in force harm now. */
export function harmedLinks(network: Network): Link[] {
  return [...(harmed.get(network) ?? [])].flat();
}

export async function harmLinks(cluster: Cluster, linkHarm: LinkHarm, signal: AbortSignal): Promise<Injection> {
  const { describe, links, guarded } = linkHarm;
  const { network, clock } = cluster;
  const names = cluster.nodes.map(({ name }) => name);
  const every = pairsOf(names);
  const others = () => [...(harmed.get(network) ?? [])].filter((one) => one !== links).flat();
  let healNs = Infinity;

  let beacon: Beacon | null = await informedBeacon(network, every, signal);
  const close = async () => {
    await beacon?.[Symbol.asyncDispose]();
    beacon = null;
  };
  const reopen = async () => {
    const next = await informedBeacon(network, every, within(BEACON_LIMIT_MS));
    await close();
    return (beacon = next);
  };
  const measure = (judge: (open: Beacon) => Promise<Effect>, until: AbortSignal) => {
    let readings = 0;
    return watch(async () => {
      // A node that another fault has ended or started since is known as such to a new beacon only.
      const stale = ++readings % REOPEN_AFTER === 0;
      return judge(beacon === null || stale ? await reopen() : beacon);
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
        const effect = silence(judged, links, clock.nowNs());
        const around = guarded && effect.seen ? await aroundCuts(network, links) : [];
        return { seen: effect.seen && around.length === 0, measures: [...effect.measures, ...around] };
      }, until),
    async heal(until) {
      await close();
      // Opened before the links are, so that the very first packet is seen.
      beacon = await informedBeacon(network, every, until);
      release();
      healNs = clock.nowNs();
      await linkHarm.heal();
    },
    recovery: (until) => measure(async (open) => flow(await open.read(), links, others(), healNs), until),
  };
}

/** Cut links whose ends still reach each other by a hairpin, over the machine and a published port. */
async function aroundCuts(network: Network, links: readonly Link[]): Promise<Measure[]> {
  const found = (await network.hairpins?.(links, within(HAIRPIN_LIMIT_MS))) ?? [];
  return found.map(({ link, via }) => ({
    where: nameOf(link),
    what: `no packet passes, but ${link.to} is reached over ${via}`,
    seen: false,
  }));
}
