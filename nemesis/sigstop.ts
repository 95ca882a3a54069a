/**
 * The processes of nodes are stopped (SIGSTOP), but not their cgroups: unlike a pause, it can be noticed from inside (the
 * parent is told), and new processes of the node still run.
 */
import { cgroupOf } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { harmNodes } from './node-harm.ts';
import { chooseVictims, Victims } from './victims.ts';

export default defineFault<Victims>({
  name: 'sigstop',
  summary: 'stops the processes of nodes (SIGSTOP), and continues them later',
  needs: ['signal'],
  harms: ['processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority', 'all'], random),
  inject: (cluster, plan, signal) =>
    harmNodes(
      cluster,
      plan,
      async (agent, pid) => {
        const { folder } = await cgroupOf(agent, pid, 'freezer');
        const processes = `$(cat '${folder}/cgroup.procs' 2>/dev/null)`;
        const states = async () => {
          const text = await agent.run(
            `for pid in ${processes}; do sed -n 's/^State:.//p' /proc/$pid/status; done; true`,
          );
          return text.trim().split('\n');
        };
        return {
          harm: `kill -STOP ${processes}`,
          cure: `processes="${processes}"; [ -z "$processes" ] || kill -CONT $processes || true`,
          async shows() {
            const found = await states();
            const stopped = found.filter((state) => state.startsWith('T')).length;
            return { what: `${stopped} of ${found.length} processes stopped`, seen: stopped === found.length };
          },
          async gone() {
            const stopped = (await states()).filter((state) => state.startsWith('T')).length;
            return { what: `${stopped} processes stopped`, seen: stopped === 0 };
          },
        };
      },
      signal,
    ),
});
