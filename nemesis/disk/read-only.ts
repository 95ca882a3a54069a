/**
 * Disks turn read-only, as ext4 makes them when it meets an error: writes fail from then on, also to files that are open,
 * and reads go on. Healed as an operator would: the node is ended, its disk checked and repaired, and the node started.
 *
 * Such a state lasts as long as the mount, so the cure does the same where the controller is killed meanwhile.
 */
import { Problem } from '../../results/index.ts';
import type { Node } from '../../targets/index.ts';
import { defineFault } from '../fault.ts';
import { examine } from '../node-evidence.ts';
import { chooseVictims, Victims, victimsOf } from '../victims.ts';
import { watch } from '../watch.ts';
import { demise } from './demise.ts';
import { allWritable, endedByItself } from './disk-harm.ts';
import { DEVICES, ext4, running } from './volume.ts';
import { tryWrite } from './write.ts';

const PATIENCE_MS = 1000;
/** The engine unmounts a volume a little after the node has ended. e2fsck: 0 nothing to do, 1 mended, 8 still in use. */
const CHECK = (device: string) => `for try in $(seq 100); do
  e2fsck -p ${DEVICES}/${device}; code=$?
  [ $code -le 1 ] && exit 0
  [ $code -eq 8 ] || exit $code
  sleep 0.05
done; exit 8`;

export default defineFault<Victims>({
  name: 'read-only',
  summary: 'turns the disks of nodes read-only; they are repaired and the nodes restarted',
  needs: ['disk', 'kill'],
  harms: ['disks', 'processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority'], random),
  async inject(cluster, plan, signal) {
    const { agent, clock } = cluster;
    if (agent === undefined)
      throw new Problem('This fault needs the agent, and there is none.', 'See `ordeal doctor`.');
    const places = await running(agent, victimsOf(cluster, plan));
    const nodes = places.map(({ node }) => node);
    const devices = places.flatMap(({ disks }) => disks.map(({ device }) => device));
    const toStart = new Set<Node>();
    const withdrawals: (() => Promise<void>)[] = [];
    const heal = async () => {
      for (const node of nodes) {
        const state = await node.state();
        // What something else has ended is repaired, and left to whom that was.
        if (state.pid !== 0 || endedByItself(state)) toStart.add(node);
      }
      await Promise.all(nodes.map((node) => node.kill()));
      await Promise.all(devices.map((device) => agent.run(CHECK(device))));
      await Promise.all([...toStart].map((node) => node.start()));
      await Promise.all(withdrawals.map((withdraw) => withdraw()));
    };
    signal.throwIfAborted();
    try {
      for (const { pid, disks } of places) {
        const mend = disks.map(({ device }) => `( ${CHECK(device)}\n)`).join('\n');
        withdrawals.push(await agent.cure(await demise(agent, pid, mend)));
      }
      await Promise.all(
        devices.map((device) => agent.run(`${ext4(device).mount}; echo 1 > ${ext4(device).folder}/trigger_fs_error`)),
      );
    } catch (error) {
      await heal();
      throw error;
    }
    return {
      describe: plan.nodes.join(),
      nodes: plan.nodes,
      effect: (until) =>
        watch(
          () =>
            examine(nodes, clock, async (state, node) => {
              const place = places.find((one) => one.node === node);
              const [disk] = place?.disks ?? [];
              if (disk === undefined || place?.pid !== state.pid)
                return { what: `${state.status}, exit code ${state.exitCode ?? 'none'}`, seen: endedByItself(state) };
              const { outcome, what } = await tryWrite(agent, disk, { limitMs: PATIENCE_MS });
              return { what: `${disk.path}: ${what}`, seen: outcome === 'refused' && what.includes('Read-only') };
            }),
          until,
        ),
      heal,
      recovery: (until) => watch(() => allWritable(cluster, nodes), until, 50),
    };
  },
});
