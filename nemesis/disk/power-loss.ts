/**
 * The power of nodes fails: what was not synced to disk is lost with their memory, and they start again at once.
 *
 * In this order, so that no process ever sees a disk that refuses: the node is frozen, its file system is cut off from the
 * disk in the same moment for all files, the node is killed, and started on what the disk really holds, after ext4 has
 * replayed its journal. What the kernel had written back by itself is not lost, as on a real machine; caches inside a real
 * disk, which may lose more, are not modelled. `ext4_shutdown` in the kernel's tests of file systems (xfstests) does the same.
 *
 * Two files tell whether it happened: one that was synced just before, and must be there; and one that was not, and must
 * be gone or empty.
 */
import { Problem } from '../../results/index.ts';
import type { Agent, Node } from '../../targets/index.ts';
import { defineFault } from '../fault.ts';
import { examine, type Finding } from '../node-evidence.ts';
import { chooseVictims, Victims, victimsOf } from '../victims.ts';
import { watch } from '../watch.ts';
import { demise } from './demise.ts';
import { allWritable, startEnded } from './disk-harm.ts';
import { disksOf, running, type Volume } from './volume.ts';

const SYNCED = '.ordeal-synced';
const UNSYNCED = '.ordeal-unsynced';
/** EXT4_IOC_SHUTDOWN with NOLOGFLUSH: from now on nothing reaches the disk, not even the journal. */
const CUT_OFF =
  'perl -e \'my $d; my $flags = pack("L", 2); open($d, "<", $ARGV[0]) && ioctl($d, 0x8004587D, $flags) or die "$!\\n"\'';

export default defineFault<Victims>({
  name: 'power-loss',
  summary: 'kills nodes, loses what they had not synced to disk, and starts them',
  needs: ['disk', 'kill', 'pause'],
  harms: ['disks', 'processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority', 'all', 'all'], random),
  async inject(cluster, plan, signal) {
    const { agent, clock } = cluster;
    if (agent === undefined)
      throw new Problem('This fault needs the agent, and there is none.', 'See `ordeal doctor`.');
    const victims = await running(agent, victimsOf(cluster, plan));
    signal.throwIfAborted();
    // All stand still before the first one loses its power.
    const paused = await Promise.allSettled(victims.map(({ node }) => node.pause()));
    const withdrawals: (() => Promise<void>)[] = [];
    const outcomes = await Promise.allSettled(
      victims.map(async ({ disks, pid }, i) => {
        if (paused[i]?.status === 'rejected') throw paused[i].reason;
        withdrawals.push(await agent.cure(await demise(agent, pid)));
        await Promise.all(disks.map((disk) => agent.run(losePower(disk))));
      }),
    );
    // What something else has ended in this very moment is left to it; a node without its disk must not run on.
    const lasted = await Promise.all(victims.map(async ({ node, pid }) => (await node.state()).pid === pid));
    const places = victims.filter((_, i) => lasted[i]);
    const nodes = places.map(({ node }) => node);
    await Promise.all(nodes.map((node) => node.kill()));
    await Promise.all(nodes.map((node) => node.start()));
    await Promise.all(withdrawals.map((withdraw) => withdraw()));
    const refusal = outcomes.find((outcome, i) => outcome.status === 'rejected' && (lasted[i] || nodes.length === 0));
    if (refusal?.status === 'rejected') throw refusal.reason;
    if (nodes.length === 0) throw new Error(`${plan.nodes.join()} ended before their power could fail`);
    const names = nodes.map(({ name }) => name);
    return {
      describe: names.join(),
      nodes: names,
      effect: (until) =>
        watch(
          () =>
            examine(nodes, clock, async ({ status, pid, startedAt }, node) => {
              const before = places.find((place) => place.node === node);
              if (pid === 0 || startedAt === before?.startedAt) return { what: status, seen: false };
              return lost(agent, pid, node);
            }),
          until,
          50,
        ),
      async heal() {
        await startEnded(nodes);
        for (const node of nodes) {
          const { pid } = await node.state();
          if (pid === 0) continue;
          const folders = (await disksOf(agent, pid, node)).map(({ folder }) => folder);
          await agent.run(folders.map((folder) => `rm -f ${folder}/${SYNCED} ${folder}/${UNSYNCED}`).join('; '));
        }
      },
      recovery: (until) => watch(() => allWritable(cluster, nodes), until, 50),
    };
  },
});

/** The second file goes last, so that no sync of the first takes it along. */
function losePower({ folder }: Volume): string {
  const write = (name: string, sync: string) => `printf kept | dd of=${folder}/${name} status=none${sync}`;
  return `${write(SYNCED, ' conv=fsync')} && sync ${folder} && ${write(UNSYNCED, '')} && ${CUT_OFF} ${folder}`;
}

/** Read through the node's new mount. */
async function lost(agent: Agent, pid: number, node: Node): Promise<Finding> {
  const disks = await disksOf(agent, pid, node);
  const found = await Promise.all(
    disks.map(async ({ path, folder }) => {
      const read = async (name: string) => agent.run(`cat ${folder}/${name} 2>/dev/null || true`);
      const [synced, unsynced] = [await read(SYNCED), await read(UNSYNCED)];
      const what = `${path}: what was synced is ${synced === 'kept' ? 'there' : 'lost'}, what was not is ${unsynced === '' ? 'lost' : 'there'}`;
      return { what, seen: synced === 'kept' && unsynced === '' };
    }),
  );
  return found.find(({ seen }) => !seen) ?? found[0] ?? { what: 'no volume', seen: false };
}
