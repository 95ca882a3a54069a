/**
 * What the faults of a cluster work with: the agent, the network, and what each of them can do here, or why it cannot.
 *
 * A cluster without an agent (its image cannot be built, the engine forbids privileges) can still be killed and paused;
 * so a missing agent is no failure but a reason that every fault which needs it is skipped with.
 */
import { Problem } from '../../results/index.ts';
import type { Capability, Clock, Network, Node } from '../cluster.ts';
import type { LaunchOptions } from '../runtime.ts';
import { openAgent, type DockerAgent } from './agent/index.ts';
import { capabilitiesOf, type Capabilities } from './capabilities.ts';
import { createDisksVolume } from './disks.ts';
import type { Engine } from './engine.ts';
import { withFreezer } from './freezer.ts';
import { sessionLabels } from './labels.ts';
import { openNetwork, type DockerNetwork } from './network.ts';
import { standBy } from './revival.ts';

export interface Arsenal {
  readonly agent?: DockerAgent;
  /** The nodes, as far as they can be harmed. */
  readonly nodes: readonly Node[];
  readonly network: Network;
  readonly capabilities: Capabilities;
  /** For run.json. */
  readonly mechanism: string;
  /** True where the agent starts ended nodes should the controller be killed; else why not. */
  readonly revival: true | string;
  close(): Promise<void>;
}

/** What this very cluster cannot suffer, and why. */
export type Lacking = Partial<Record<Capability, string>>;

/** The agent, or the reason why there is none; never rejects. */
export async function startAgent(
  engine: Engine,
  { session, onProgress, disks = false, keep }: LaunchOptions,
  signal: AbortSignal,
): Promise<DockerAgent | string> {
  try {
    const volume = disks ? { disks: await createDisksVolume(engine, session, sessionLabels(session, keep)) } : {};
    return await openAgent(engine, { session, onProgress, signal, ...volume });
  } catch (error) {
    return `the agent does not run: ${reasonOf(error)}`;
  }
}

/** Opens what needs running nodes. */
export async function arm(
  agent: DockerAgent | string,
  nodes: readonly Node[],
  hasPrimaries: boolean,
  clock: Clock,
  signal: AbortSignal,
  lacking: Lacking = {},
): Promise<Arsenal> {
  // The first of all cures, so that it is the last to be done.
  const revival = typeof agent === 'string' ? null : await standBy(agent);
  const network = typeof agent === 'string' ? agent : await tryNetwork(agent, nodes, clock);
  return {
    ...(typeof agent === 'string' ? {} : { agent }),
    nodes: typeof agent === 'string' ? nodes : nodes.map((node) => withFreezer(node, agent)),
    network: typeof network === 'string' ? rigid(network) : network,
    mechanism: typeof network === 'string' ? 'none' : network.mechanism,
    capabilities: await capabilitiesOf(agent, network, hasPrimaries, signal, lacking),
    revival: revival?.stands ?? 'there is no agent',
    async close() {
      await revival?.withdraw();
      if (typeof network !== 'string') await network[Symbol.asyncDispose]();
      if (typeof agent !== 'string') await agent[Symbol.asyncDispose]();
    },
  };
}

async function tryNetwork(agent: DockerAgent, nodes: readonly Node[], clock: Clock): Promise<DockerNetwork | string> {
  try {
    return await openNetwork(agent, nodes, clock);
  } catch (error) {
    return `links cannot be cut: ${reasonOf(error)}`;
  }
}

/** The network of a cluster whose links cannot be harmed: whoever tries learns why. */
function rigid(reason: string): Network {
  const refuse = (): Promise<never> => Promise.reject(new Problem(reason, 'Choose other faults.'));
  return { cut: refuse, beacon: refuse };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
