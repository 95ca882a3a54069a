/**
 * A disk of its own for every volume of every node: an ext4 file system of limited size in a file, on a loop device.
 *
 * The volumes of an engine share the file system of its machine, which no fault may fill, freeze or break. With a disk of
 * its own, the kernel does to one node what a real disk does: it is full, turns read-only, hangs, or loses in a power cut
 * what was not synced, and nobody else notices. The files are sparse and lie on one volume of the session. The devices are
 * held by the agent and clear themselves when neither it nor a mount needs them any more, so that a killed controller
 * leaves none behind.
 */
import { converse, DEVICES, DISKS, type DockerAgent } from './agent/index.ts';
import type { Engine } from './engine.ts';
import { ROLE, type Labels } from './labels.ts';

export interface Disks {
  /** Name of the block device (`loop3`) of the i-th volume of a node. */
  device(node: string, i: number): string;
  /** Makes new, empty file systems on the disks of a node that has no container. */
  wipe(node: string): Promise<void>;
}

const SIZE_MIB = 1024;
/** An empty disk must look like an empty folder: the engine fills only those from the image, and databases refuse others. */
const FORMAT = 'mkfs.ext4 -q -F -b 4096 -N 16384 -E lazy_itable_init=0,lazy_journal_init=1,nodiscard';
const format = (file: string) => `${FORMAT} ${file} && debugfs -w -R 'rmdir lost+found' ${file} 2>/dev/null`;

/** The volume for the disks' files; the agent gets it when it is created. */
export async function createDisksVolume({ docker }: Engine, session: string, labels: Labels): Promise<string> {
  const Name = `ordeal-${session}-disks`;
  await docker.createVolume({ Name, Labels: { ...labels, [ROLE]: 'volume' } });
  return Name;
}

/** What the engine must mount as a volume on that device. The driver mounts it at each start and unmounts it at each end. */
export function volumeOptions(device: string): Record<string, string> {
  return { type: 'ext4', device: `/dev/${device}`, o: 'errors=remount-ro' };
}

/** `volumes`: how many each node has. Rejects where the machine has no loop devices, or no ext4. */
export async function openDisks(
  agent: DockerAgent,
  volumes: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<Disks> {
  const names = [...volumes].flatMap(([node, count]) => Array.from({ length: count }, (_, i) => `${node}-${i}`));
  const files = names.map((name) => `${DISKS}/${name}.img`);
  await Promise.all(files.map((file) => agent.run(`truncate -s ${SIZE_MIB}M ${file} && ${format(file)}`, { signal })));
  // A node that has ended mounts nothing: were its devices to clear themselves, no cure could start it again.
  const loops = converse(agent, `exec perl /loops.pl ${files.join(' ')}`, /^ready\n/m, 'held');
  // It says its devices unasked.
  const said = await loops.ask('');
  const devices = new Map(names.map((name, i) => [name, said.split('\n')[i] ?? '']));
  return {
    device(node, i) {
      const device = devices.get(`${node}-${i}`);
      if (device === undefined || device === '') throw new Error(`${node} has no disk ${i}`);
      return device;
    },
    async wipe(node) {
      const own = names.filter((name) => name.startsWith(`${node}-`));
      await Promise.all(own.map((name) => agent.run(format(`${DEVICES}/${devices.get(name) ?? ''}`))));
    },
  };
}
