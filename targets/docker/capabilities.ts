/**
 * What a cluster on this engine can suffer: what the agent found out by trying, and what needs no agent. A fault that is
 * impossible here must be known with its reason before the run, not as a failure in the middle of it.
 */
import type { Capability } from '../cluster.ts';
import { probe, probedCapabilities, type DockerAgent } from './agent/index.ts';

export type Capabilities = Readonly<Record<Capability, true | string>>;

/**
 * `agent` and `network` are the reason for what is missing where they are text; `lacking` is what this very cluster cannot
 * suffer, whatever the engine can do.
 */
export async function capabilitiesOf(
  agent: DockerAgent | string,
  network: object | string,
  hasPrimaries: boolean,
  signal: AbortSignal,
  lacking: Partial<Record<Capability, string>> = {},
): Promise<Capabilities> {
  const needsAgent = typeof agent === 'string' ? agent : 'was not probed';
  return {
    signal: typeof agent === 'string' ? agent : true,
    packets: needsAgent,
    netem: needsAgent,
    tbf: needsAgent,
    cpu: needsAgent,
    memory: needsAgent,
    clock: needsAgent,
    data: needsAgent,
    disk: needsAgent,
    io: needsAgent,
    fuse: needsAgent,
    partition: needsAgent,
    ...(typeof agent === 'string' ? {} : probedCapabilities(await probe(agent, signal))),
    ...(typeof network === 'string' && { partition: network }),
    // Without an agent, the engine pauses by itself.
    pause: true,
    kill: true,
    membership: true,
    primaries: hasPrimaries ? true : 'the target has no leader or primary',
    ...lacking,
  };
}
