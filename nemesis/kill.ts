/**
 * Nodes die at once (SIGKILL) and are started again later, with the same address, ports and data.
 *
 * What is in memory is lost, what the operating system holds for the disk is not: for that see the power loss.
 */
import { defineFault } from './fault.ts';
import { examine, toAll } from './node-evidence.ts';
import { chooseVictims, Victims, victimsOf } from './victims.ts';
import { watch } from './watch.ts';

export default defineFault<Victims>({
  name: 'kill',
  summary: 'kills nodes (SIGKILL) and starts them again later',
  needs: ['kill'],
  plan: Victims,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority', 'all'], random),
  async inject(cluster, plan) {
    const { clock } = cluster;
    const nodes = victimsOf(cluster, plan);
    const before = new Map(await Promise.all(nodes.map(async (node) => [node.name, await node.state()] as const)));
    await toAll(
      nodes,
      (node) => node.kill(),
      (node) => node.start(),
    );
    return {
      describe: plan.nodes.join(),
      nodes: plan.nodes,
      effect: (until) =>
        watch(
          () =>
            examine(nodes, clock, ({ status, exitCode, startedAt }, { name }) => {
              const was = before.get(name);
              if (status !== 'exited') return { what: `still ${status}`, seen: false };
              // One that had ended by itself before was not killed.
              if (was?.status === 'exited') return { what: 'had ended before', seen: false };
              return {
                what: `process ${was?.pid ?? 0} is gone, exit code ${exitCode ?? '?'}`,
                seen: startedAt === was?.startedAt,
              };
            }),
          until,
        ),
      async heal() {
        await Promise.all(nodes.map((node) => node.start()));
      },
      recovery: (until) =>
        watch(
          () =>
            examine(nodes, clock, ({ status, pid, startedAt }, { name }) => ({
              what: status === 'running' ? `runs as process ${pid}` : status,
              seen: status === 'running' && startedAt !== before.get(name)?.startedAt,
            })),
          until,
        ),
    };
  },
});
