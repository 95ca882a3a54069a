/**
 * The volumes of a node that runs, as the agent reaches them: through the node's own mount, so that what the agent meets
 * there is what the node's processes meet.
 */
import { Problem } from '../../results/index.ts';
import type { Agent, Node, NodeState } from '../../targets/index.ts';

export interface Volume {
  /** As the node sees it. */
  readonly path: string;
  /** As the agent sees it, while this run of the node lasts. */
  readonly folder: string;
  /** Name of the block device: `loop3`. */
  readonly device: string;
  /** Its number: `7:3`. */
  readonly number: string;
}

export const DEVICES = '/host/dev';

export async function volumesOf(agent: Agent, pid: number, node: Node): Promise<Volume[]> {
  const table = await agent.run(`cat /proc/${pid}/mountinfo`);
  return node.volumes.map((path) => {
    // 'id parent major:minor root MOUNTPOINT options [fields] - type SOURCE options'
    const fields = table.split('\n').map((line) => line.split(' '));
    const mount = fields.findLast((words) => words[4] === path);
    const source = mount?.[mount.indexOf('-') + 2];
    const [, , number] = mount ?? [];
    if (number === undefined || source === undefined) throw new Error(`nothing is mounted at ${path} of ${node.name}`);
    return { path, folder: `/proc/${pid}/root${path}`, device: source.replace('/dev/', ''), number };
  });
}

/** Refuses where a volume is not a disk of its own: what happened to it would happen to the engine's machine. */
export async function disksOf(agent: Agent, pid: number, node: Node): Promise<Volume[]> {
  const volumes = await volumesOf(agent, pid, node);
  const shared = volumes.find(({ device }) => !/^loop\d+$/.test(device));
  if (volumes.length === 0 || shared !== undefined)
    throw new Problem(
      shared === undefined
        ? `${node.name} keeps no data on a volume.`
        : `${shared.path} of ${node.name} is no disk of its own (it lies on ${shared.device}).`,
      'Launch the cluster with disks of their own, or choose other faults.',
    );
  return volumes;
}

/** Those of the nodes that run, with their disks; refuses where none does. */
export async function running(
  agent: Agent,
  nodes: readonly Node[],
): Promise<(NodeState & { readonly node: Node; readonly disks: readonly Volume[] })[]> {
  const states = await Promise.all(nodes.map(async (node) => ({ node, ...(await node.state()) })));
  const up = states.filter(({ pid }) => pid !== 0);
  const found = await Promise.all(
    up.map(async (one) => {
      try {
        return [{ ...one, disks: await disksOf(agent, one.pid, one.node) }];
      } catch (error) {
        // It may have ended since it was asked.
        if ((await one.node.state()).pid === one.pid) throw error;
        return [];
      }
    }),
  );
  if (found.flat().length === 0) throw new Error(`none of ${nodes.map(({ name }) => name).join()} runs`);
  return found.flat();
}

/**
 * The kernel's folder for that ext4 file system, writable, and the command that makes it so: what an engine shows its
 * containers of /sys is read-only.
 */
export function ext4(device: string): { readonly folder: string; readonly mount: string } {
  return {
    folder: `/run/sys/fs/ext4/${device}`,
    mount: '[ -d /run/sys/fs ] || { mkdir -p /run/sys && mount -t sysfs sysfs /run/sys; }',
  };
}
