/**
 * What a cluster on this engine can suffer, found out by trying: a kernel without a scheduler or a controller makes a
 * fault impossible, and that must be known as a reason before the run instead of a failure in the middle of it.
 */
import type { Agent, Capability } from '../cluster.ts';
import type { Engine } from './engine.ts';

export type Capabilities = Readonly<Record<Capability, true | string>>;

/** `agent` and `network` are the reason for what is missing where they are text. */
export async function capabilitiesOf(
  engine: Engine,
  agent: Agent | string,
  network: object | string,
  hasPrimaries: boolean,
): Promise<Capabilities> {
  const needsAgent = typeof agent === 'string' ? agent : true;
  const [info, netem, tbf] = await Promise.all([
    engine.docker.info() as Promise<{ readonly CpuCfsQuota?: boolean; readonly MemoryLimit?: boolean }>,
    scheduler(agent, 'netem delay 1ms'),
    scheduler(agent, 'tbf rate 1mbit burst 10kb latency 10ms'),
  ]);
  return {
    pause: true,
    kill: true,
    signal: needsAgent,
    partition: typeof network === 'string' ? network : true,
    netem,
    tbf,
    cpu: info.CpuCfsQuota === true ? true : 'the kernel has no CPU quota for containers',
    memory: info.MemoryLimit === true ? true : 'the kernel has no memory limit for containers',
    clock: needsAgent,
    disk: 'the Docker runtime offers no harm to disks',
    fuse: 'the Docker runtime offers no harm to disks',
    primaries: hasPrimaries ? true : 'the target has no leader or primary',
  };
}

/** Tries a packet scheduler on the loopback of a network namespace that ends with the command. */
async function scheduler(agent: Agent | string, words: string): Promise<true | string> {
  if (typeof agent === 'string') return agent;
  try {
    await agent.run(`unshare --net tc qdisc add dev lo root ${words}`);
    return true;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const missing = /qdisc kind is unknown|No such file/.test(said);
    return missing ? `kernel has no sch_${words.split(' ')[0] ?? words}` : said;
  }
}
