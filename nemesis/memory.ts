/**
 * Nodes are short of memory: they may use a little more than they use now. What does not fit is reclaimed from the page
 * cache, or the kernel kills a process of the node.
 *
 * A node that the kernel killed is started again by the healing; one that ended otherwise is left to whom that was.
 */
import { z } from 'zod';
import { cgroupOf, type Agent, type Cgroup } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { harmNodes, type Harm } from './node-harm.ts';
import { chooseVictims, Victims, victimsOf } from './victims.ts';

const Plan = Victims.extend({
  /** How much more than at the moment of the injection. */
  headroomMiB: z.number().min(0),
});

/** A process that has just started uses next to nothing: it is left so long to grow to its usual size. */
const SETTLE_MS = 1_000;
const MIB = 2 ** 20;
/** What the kernel reports where there is no limit, and takes to lift one. */
const UNLIMITED = { 1: '-1', 2: 'max' } as const;

export default defineFault<z.infer<typeof Plan>>({
  name: 'memory',
  summary: 'limits the memory of nodes to little more than they use',
  needs: ['memory'],
  harms: ['resources', 'processes'],
  plan: Plan,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => ({
    ...chooseVictims(nodes, ['one', 'minority'], random),
    headroomMiB: random.pick([1, 4, 16]),
  }),
  async inject(cluster, plan, signal) {
    const injection = await harmNodes(
      cluster,
      plan,
      async (agent, pid) => shortage(agent, await cgroupOf(agent, pid, 'memory'), plan.headroomMiB),
      signal,
      { followAfterMs: SETTLE_MS },
    );
    return {
      ...injection,
      describe: `${injection.describe} with ${plan.headroomMiB} MiB to spare`,
      async heal(until) {
        await injection.heal(until);
        await Promise.all(
          victimsOf(cluster, plan).map(async (node) => {
            const { status, outOfMemory } = await node.state();
            if (status === 'exited' && outOfMemory === true) await node.start();
          }),
        );
      },
    };
  },
});

async function shortage(agent: Agent, { version, folder }: Cgroup, headroomMiB: number): Promise<Harm> {
  const [limitFile, usageFile] =
    version === 1 ? ['memory.limit_in_bytes', 'memory.usage_in_bytes'] : ['memory.max', 'memory.current'];
  const file = `${folder}/${limitFile}`;
  const read = async (name: string) => (await agent.run(`cat '${folder}/${name}' 2>/dev/null || true`)).trim();
  const before = await read(limitFile);
  // Version 1 shows "no limit" as the largest number of whole pages.
  const restore = before === 'max' || Number(before) > 2 ** 60 ? UNLIMITED[version] : before;
  const page = 4096;
  const asked = Math.ceil((Number(await read(usageFile)) + headroomMiB * MIB) / page) * page;
  const mib = (bytes: string) => (Number(bytes) / MIB).toFixed(1);
  return {
    deadly: ({ outOfMemory }) => outOfMemory === true,
    harm: `echo ${asked} > '${file}'`,
    cure: `[ ! -e '${file}' ] || echo ${restore} > '${file}' || [ ! -e '${file}' ]`,
    async shows() {
      const [limit, usage] = [await read(limitFile), await read(usageFile)];
      return { what: `uses ${mib(usage)} of ${mib(limit)} MiB`, seen: limit === String(asked) };
    },
    async gone() {
      const limit = await read(limitFile);
      return { what: limit === before ? 'no longer limited' : `limit ${mib(limit)} MiB`, seen: limit === before };
    },
  };
}
