/** What a cluster can suffer, and why not where it cannot: what the agent probed, and what the engine offers itself. */
import type { Capability, Network } from '../cluster.ts';

export type Capabilities = Readonly<Record<Capability, true | string>>;

/** `probed` holds what needs the agent; `noAgent` is the reason for all of it where there is none. */
export function capabilitiesOf(
  hasPrimaries: boolean,
  probed: Readonly<Partial<Capabilities>>,
  noAgent = 'the agent offers no such fault',
): Capabilities {
  return {
    partition: noAgent,
    netem: noAgent,
    tbf: noAgent,
    signal: noAgent,
    cpu: noAgent,
    memory: noAgent,
    clock: noAgent,
    disk: noAgent,
    fuse: noAgent,
    pause: true,
    kill: true,
    ...probed,
    primaries: hasPrimaries ? true : 'the target has no leader or primary',
  };
}

/** The network of a cluster that has no agent: whoever tries to cut it learns why that cannot be done. */
export function rigidNetwork(reason: string): Network {
  const refuse = (): Promise<never> => Promise.reject(new Error(`the network cannot be harmed: ${reason}`));
  return { cut: refuse, beacon: refuse };
}
