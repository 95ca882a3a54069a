/**
 * Nodes die (SIGKILL) and are started again at once, all of them in the default plan: what a power cut of a rack or a
 * careless upgrade does. There is nothing left to heal.
 */
import { defineFault } from './fault.ts';
import { examine } from './node-evidence.ts';
import { chooseVictims, Victims, victimsOf } from './victims.ts';
import { watch } from './watch.ts';

export default defineFault<Victims>({
  name: 'restart',
  summary: 'kills nodes (SIGKILL), mostly all, and starts them at once',
  needs: ['kill'],
  harms: ['processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['all', 'all', 'majority', 'one'], random),
  async inject(cluster, plan) {
    const { clock } = cluster;
    const nodes = victimsOf(cluster, plan);
    const before = new Map(await Promise.all(nodes.map(async (node) => [node.name, await node.state()] as const)));
    const startAll = () => Promise.all(nodes.map((node) => node.start()));
    // All are down before the first one is up again: those that are up must not find a majority in between.
    const killed = await Promise.allSettled(nodes.map((node) => node.kill()));
    await startAll();
    const refusal = killed.find((outcome) => outcome.status === 'rejected');
    if (refusal !== undefined) throw refusal.reason;

    const anew = (until: AbortSignal) =>
      watch(
        () =>
          examine(nodes, clock, ({ status, pid, startedAt }, { name }) => {
            const was = before.get(name);
            return {
              what: status === 'running' ? `process ${was?.pid ?? 0} is gone, runs as process ${pid}` : status,
              seen: status === 'running' && was !== undefined && was.pid !== 0 && startedAt !== was.startedAt,
            };
          }),
        until,
      );
    return {
      describe: plan.nodes.join(),
      nodes: plan.nodes,
      effect: anew,
      async heal() {
        await startAll();
      },
      recovery: anew,
    };
  },
});
