/**
 * Disks are slow: each does only a few reads and writes a second, and every sync waits in a queue. What a failing disk, a
 * rebuilding array or a throttled cloud volume does.
 *
 * Set in the node's cgroup for the node's disk alone. With cgroup version 1 it holds for what a process itself waits for
 * (reads, syncs, direct I/O); what the kernel writes back later, on its own account, is not slowed.
 */
import { z } from 'zod';
import { cgroupOf, type Cgroup } from '../../targets/index.ts';
import { defineFault } from '../fault.ts';
import { chooseVictims, Victims } from '../victims.ts';
import { harmDisks, type DiskHarm } from './disk-harm.ts';
import type { Volume } from './volume.ts';

const Plan = Victims.extend({
  /** Reads, and writes, a second. */
  perSecond: z.number().int().min(1).max(1000),
});

export default defineFault<z.infer<typeof Plan>>({
  name: 'slow-disk',
  summary: 'lets the disks of nodes do only a few reads and writes a second',
  needs: ['disk', 'io'],
  harms: ['disks', 'processes'],
  plan: Plan,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => ({
    ...chooseVictims(nodes, ['one', 'minority', 'majority'], random),
    perSecond: random.pick([2, 5, 10, 20]),
  }),
  async inject(cluster, plan, signal) {
    const injection = await harmDisks(
      cluster,
      plan,
      async (agent, volume, pid) => slowness(volume, await cgroupOf(agent, pid, 'blkio'), plan.perSecond),
      signal,
    );
    return { ...injection, describe: `${injection.describe} at ${plan.perSecond} writes/s` };
  },
});

function slowness({ number }: Volume, { version, folder }: Cgroup, perSecond: number): DiskHarm {
  const v1 = ['read', 'write'].map((kind) => `${folder}/blkio.throttle.${kind}_iops_device`);
  const files = version === 1 ? v1 : [`${folder}/io.max`];
  const limit = (count: number | 'max') =>
    version === 1 ? (count === 'max' ? 0 : count) : `riops=${count} wiops=${count}`;
  const set = (file: string, count: number | 'max') => `echo '${number} ${limit(count)}' > '${file}'`;
  return {
    harm: files.map((file) => set(file, perSecond)).join(' && '),
    cure: files.map((file) => `{ [ ! -e '${file}' ] || ${set(file, 'max')} || [ ! -e '${file}' ]; }`).join(' && '),
    cgroup: folder,
    // The first few pass at once; from then on each waits for its turn.
    shows: ({ outcome, ms }) => outcome === 'waiting' || (outcome === 'written' && ms > 400 / perSecond),
  };
}
