/**
 * The processes of nodes are stopped (SIGSTOP), but not their cgroups: unlike a pause, it can be noticed from inside (the
 * parent is told), and new processes of the node still run.
 */
import { cgroupOf } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { holding } from './held.ts';
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
            `for pid in ${processes}; do sed -n 's/^State:.//p' /proc/$pid/status 2>/dev/null; done; true`,
          );
          // One that has ended and waits for its parent runs no more than one that was stopped.
          return [...text.matchAll(/^[^ZX].*$/gm)].map(([state]) => state);
        };
        return {
          // What of them is ending in this moment is not there to be stopped; the states tell.
          harm: holding(`kill -STOP ${processes} 2>/dev/null || true`),
          cure: holding(`processes="${processes}"; [ -z "$processes" ] || kill -CONT $processes 2>/dev/null || true`),
          async shows() {
            const found = await states();
            const stopped = found.filter((state) => state.startsWith('T')).length;
            return {
              what: `${stopped} of ${found.length} processes stopped`,
              seen: stopped > 0 && stopped === found.length,
            };
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
