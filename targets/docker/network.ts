/** The links of a cluster of containers: cut in the kernel, measured by packets. */
import type { Clock, Network, Node } from '../cluster.ts';
import type { DockerAgent } from './agent/index.ts';
import { openBeacon } from './beacon.ts';
import { bridgeCuts, type Cuts } from './cuts.ts';
import { openGate, type Gate } from './gate.ts';
import { impair } from './impairment.ts';
import { inputCuts } from './input-cuts.ts';

export interface DockerNetwork extends Network, AsyncDisposable {
  readonly mechanism: Cuts['mechanism'];
}

/** Rejects where the kernel has no nf_tables at all. */
export async function openNetwork(agent: DockerAgent, nodes: readonly Node[], clock: Clock): Promise<DockerNetwork> {
  const cuts = await bridgeCuts(agent, nodes).catch(() => inputCuts(agent, nodes));
  const gate = nodes.some(({ ports }) => ports.length > 0) ? await openGate(agent, nodes).catch(() => null) : null;
  return {
    mechanism: cuts.mechanism,
    async cut(links) {
      await Promise.all([cuts.cut(links), gate?.guard(links)]);
    },
    ...(gate === null ? {} : gateOf(gate)),
    beacon: (links, signal) => openBeacon(agent, nodes, clock, links, signal),
    impair: (links, how) => impair(agent, nodes, links, how),
    async [Symbol.asyncDispose]() {
      await Promise.all([cuts[Symbol.asyncDispose](), gate?.[Symbol.asyncDispose]()]);
    },
  };
}

function gateOf(gate: Gate): Pick<Network, 'cutClients' | 'hairpins'> {
  return {
    cutClients: (names) => gate.close(names),
    hairpins: (links, signal) => gate.hairpins(links, signal),
  };
}
