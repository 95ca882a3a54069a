/**
 * Disks hang: whoever writes waits, without an error, until it is healed; then all that waited goes on. What a lost path to
 * a network disk does.
 *
 * The kernel freezes the file system, as it does for a snapshot. A process that waits for such a disk cannot be ended, not
 * even by SIGKILL: it dies when the disk goes on.
 */
import { defineFault } from '../fault.ts';
import { chooseVictims, Victims } from '../victims.ts';
import { harmDisks } from './disk-harm.ts';
import { DEVICES } from './volume.ts';

export default defineFault<Victims>({
  name: 'stuck-disk',
  summary: 'lets all writes to the disks of nodes wait',
  needs: ['disk'],
  harms: ['disks', 'processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority'], random),
  inject: (cluster, plan, signal) =>
    harmDisks(
      cluster,
      plan,
      (_agent, { device }) => {
        // A mount of the agent's own: the cure must reach the disk also where the node has died meanwhile.
        const own = `/run/ordeal-${device}`;
        return {
          // A frozen disk stays frozen when its node is started anew: then there is nothing left to do.
          harm: `mkdir -p ${own}
mountpoint -q ${own} || mount -t ext4 -o errors=remount-ro ${DEVICES}/${device} ${own} || exit 1
said=$(fsfreeze -f ${own} 2>&1) || case $said in *busy*) ;; *) echo "$said" >&2; exit 1;; esac`,
          cure: `[ ! -d ${own} ] || { fsfreeze -u ${own}; umount ${own}; rmdir ${own}; } 2>/dev/null`,
          shows: ({ outcome }) => outcome === 'waiting',
        };
      },
      signal,
    ),
});
