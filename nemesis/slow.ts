/**
 * Nodes become slow: they get a small share of a CPU and are put to sleep by the kernel for the rest of each tenth of a
 * second. What a noisy neighbour or a throttled virtual machine does.
 *
 * Set in the node's cgroup by the agent, not by an update of the container, so that the cure can lift it by itself.
 */
import { z } from 'zod';
import { cgroupOf, type Agent, type Cgroup } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { harmNodes, type Harm } from './node-harm.ts';
import { chooseVictims, Victims } from './victims.ts';

const Plan = Victims.extend({
  /** Percent of one CPU. */
  cpuPercent: z.number().min(1).max(100),
});

const PERIOD_US = 100_000;

export default defineFault<z.infer<typeof Plan>>({
  name: 'slow',
  summary: 'gives nodes only a few percent of a CPU',
  needs: ['cpu'],
  harms: ['resources'],
  plan: Plan,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => ({
    ...chooseVictims(nodes, ['one', 'minority', 'majority'], random),
    cpuPercent: random.pick([2, 5, 10, 20]),
  }),
  async inject(cluster, plan, signal) {
    const injection = await harmNodes(
      cluster,
      plan,
      async (agent, pid) => slowness(agent, await cgroupOf(agent, pid, 'cpu'), plan.cpuPercent),
      signal,
      { followAfterMs: 0 },
    );
    return { ...injection, describe: `${injection.describe} at ${plan.cpuPercent} % of a CPU` };
  },
});

async function slowness(agent: Agent, { version, folder }: Cgroup, cpuPercent: number): Promise<Harm> {
  const file = `${folder}/${version === 1 ? 'cpu.cfs_quota_us' : 'cpu.max'}`;
  const quotaUs = (PERIOD_US * cpuPercent) / 100;
  const before = (await agent.run(`cat '${file}'`)).trim();
  const periodBefore = version === 1 ? (await agent.run(`cat '${folder}/cpu.cfs_period_us'`)).trim() : '';
  // A shorter period with a longer quota in between would be a burst: the period is set first.
  const period = (us: string) => (version === 1 ? `echo ${us} > '${folder}/cpu.cfs_period_us' && ` : '');
  const asked = version === 1 ? String(quotaUs) : `${quotaUs} ${PERIOD_US}`;
  const read = async () => (await agent.run(`cat '${file}' 2>/dev/null || true`)).trim();
  return {
    harm: `${period(String(PERIOD_US))}echo ${asked} > '${file}'`,
    cure: `[ ! -e '${file}' ] || { ${period(periodBefore)}echo ${before} > '${file}'; } || [ ! -e '${file}' ]`,
    async shows() {
      const [found, stat] = [await read(), await agent.run(`cat '${folder}/cpu.stat'`)];
      const throttled = /^nr_throttled (\d+)$/m.exec(stat)?.[1] ?? '?';
      return { what: `quota ${found} us, throttled ${throttled} times since its start`, seen: found === asked };
    },
    async gone() {
      const found = await read();
      return { what: `quota ${found}`, seen: found === before };
    },
  };
}
