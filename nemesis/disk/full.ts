/**
 * Disks fill to the brim: no new block is given to anybody, root included, until it is healed. What is written over in
 * place, or was allotted before, still succeeds, as on any full disk.
 *
 * The kernel itself says so: ext4 keeps a number of blocks in reserve for its own needs, and the fault makes that number as
 * large as the disk. No file is left behind for anyone to find, nor any state on the disk: the number lasts until the disk
 * is unmounted.
 */
import { defineFault } from '../fault.ts';
import { chooseVictims, Victims } from '../victims.ts';
import { harmDisks, type DiskHarm } from './disk-harm.ts';
import { ext4, type Volume } from './volume.ts';

export default defineFault<Victims>({
  name: 'disk-full',
  summary: 'leaves no space on the disks of nodes',
  needs: ['disk'],
  harms: ['disks', 'processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority'], random),
  inject: (cluster, plan, signal) =>
    harmDisks(
      cluster,
      plan,
      async (agent, volume) => {
        const { folder, mount } = ext4(volume.device);
        return fullness(volume, (await agent.run(`${mount}; cat ${folder}/reserved_clusters`)).trim());
      },
      signal,
    ),
});

function fullness({ folder, device }: Volume, before: string): DiskHarm {
  const file = `${ext4(device).folder}/reserved_clusters`;
  return {
    // As many as there are is refused; one less is more than can be free.
    harm: `echo $(($(stat -f -c %b '${folder}') - 1)) > ${file}`,
    cure: `[ ! -e ${file} ] || echo ${before} > ${file} || [ ! -e ${file} ]`,
    shows: ({ outcome, what }) => outcome === 'refused' && what.includes('No space left'),
  };
}
