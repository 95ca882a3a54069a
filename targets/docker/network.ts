/** The links of a cluster of containers: cut in the kernel, measured by packets. */
import type { Clock, Network, Node } from '../cluster.ts';
import type { DockerAgent } from './agent/index.ts';
import { openBeacon } from './beacon.ts';
import { bridgeCuts, type Cuts } from './cuts.ts';
import { impair } from './impairment.ts';
import { inputCuts } from './input-cuts.ts';

export interface DockerNetwork extends Network, AsyncDisposable {
  readonly mechanism: Cuts['mechanism'];
}

/** Rejects where the kernel has no nf_tables at all. */
export async function openNetwork(agent: DockerAgent, nodes: readonly Node[], clock: Clock): Promise<DockerNetwork> {
  const cuts = await bridgeCuts(agent, nodes).catch(() => inputCuts(agent, nodes));
  return {
    mechanism: cuts.mechanism,
    cut: (links) => cuts.cut(links),
    beacon: (links, signal) => openBeacon(agent, nodes, clock, links, signal),
    impair: (links, how) => impair(agent, nodes, links, how),
    [Symbol.asyncDispose]: () => cuts[Symbol.asyncDispose](),
  };
}
