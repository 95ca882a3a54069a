/**
 * Nodes stop in mid-thought: every process of theirs is frozen, sockets and all, and later goes on as if nothing had been.
 *
 * What a long garbage collection, a stalled virtual machine or a suspended laptop does: connections stay open, leases
 * run out, and the node that wakes still believes what it believed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { examine, toAll, type Finding } from './node-evidence.ts';
import { chooseVictims, Victims, victimsOf } from './victims.ts';
import { watch } from './watch.ts';

/** Long enough that a running server would have been scheduled, were it not frozen. */
const STILL_MS = 20;

export default defineFault<Victims>({
  name: 'pause',
  summary: 'freezes all processes of nodes, and lets them go on later',
  needs: ['pause'],
  harms: ['processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority', 'all'], random),
  async inject(cluster, plan) {
    const { clock, agent } = cluster;
    const nodes = victimsOf(cluster, plan);
    const resume = () => Promise.all(nodes.map((node) => node.resume()));
    await toAll(
      nodes,
      (node) => node.pause(),
      (node) => node.resume(),
    );
    return {
      describe: plan.nodes.join(),
      nodes: plan.nodes,
      effect: (until) => watch(() => examine(nodes, clock, ({ status, pid }) => stillness(status, pid, agent)), until),
      async heal() {
        await resume();
      },
      recovery: (until) =>
        watch(() => examine(nodes, clock, ({ status }) => ({ what: status, seen: status !== 'paused' })), until),
    };
  },
});

/** The runtime says that it is frozen, and the kernel that no thread of its was scheduled for a while. */
async function stillness(status: string, pid: number, agent: Agent | undefined): Promise<Finding> {
  if (status !== 'paused') return { what: status, seen: false };
  if (agent === undefined) return { what: 'frozen', seen: true };
  const before = await switches(agent, pid);
  await sleep(STILL_MS);
  const count = (await switches(agent, pid)) - before;
  // A frozen process may die all the same: then its threads are no more, and nothing was seen.
  if (!(before > 0 && count >= 0)) return { what: 'its process has ended', seen: false };
  return { what: `frozen, ${count} context switches in ${STILL_MS} ms`, seen: count === 0 };
}

/** Context switches of all threads of a process since its start; 0 where there are none any more. */
async function switches(agent: Agent, pid: number): Promise<number> {
  const lines = await agent.run(`cat /proc/${pid}/task/*/status 2>/dev/null || true`);
  return [...lines.matchAll(/^(?:non)?voluntary_ctxt_switches:\s*(\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
}
