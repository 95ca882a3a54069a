/**
 * The network cable of nodes is pulled: unlike in a partition, the node itself notices (no carrier; connecting fails at
 * once with "no route to host"), and its clients lose it too.
 *
 * The cable is the host's end of the container's pair of virtual interfaces; taking that end down leaves all addresses and
 * routes of the node as they are. Disconnecting the container from its network would delete its interface.
 */
import { Problem } from '../results/index.ts';
import type { Agent, Node } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { harmLinks } from './link-harm.ts';
import { pairsOf } from './topology.ts';
import { chooseVictims, Victims, victimsOf } from './victims.ts';

export default defineFault<Victims>({
  name: 'unplug',
  summary: 'pulls the network cable of nodes: they notice, and clients lose them too',
  needs: ['partition'],
  harms: ['network', 'processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority'], random),
  async inject(cluster, plan, signal) {
    const { agent } = cluster;
    if (agent === undefined) throw new Problem('A cable cannot be pulled without the agent.', 'See `ordeal doctor`.');
    const cables = await Promise.all(victimsOf(cluster, plan).map((node) => cableOf(agent, node)));
    const set = (state: 'up' | 'down') => cables.map((name) => `ip link set dev '${name}' ${state}`);
    // One that is gone went with its node, whose next run has a new one.
    const up = set('up')
      .map((command) => `${command} 2>/dev/null`)
      .join('; ');
    const withdraw = await agent.cure(`${up}; true`);
    const links = pairsOf(cluster.nodes.map(({ name }) => name)).filter(
      ({ from, to }) => plan.nodes.includes(from) || plan.nodes.includes(to),
    );
    const heal = async () => {
      await agent.run(`${up}; true`);
      await withdraw();
    };
    const injecting = harmLinks(
      cluster,
      {
        describe: plan.nodes.join(),
        links,
        async harm() {
          await agent.run(set('down').join(' && '));
        },
        heal,
      },
      signal,
    );
    return injecting.catch(async (error: unknown) => {
      await heal();
      throw error;
    });
  },
});

/** The name of the host's end of a node's first interface. */
async function cableOf(agent: Agent, node: Node): Promise<string> {
  const { pid, status } = await node.state();
  if (pid === 0) throw new Error(`${node.name} is ${status}`);
  const inside = await agent.run(`nsenter -t ${pid} -n ip -o link show dev eth0`);
  const index = /@if(\d+):/.exec(inside)?.[1];
  const outside = await agent.run('ip -o link show');
  const name = new RegExp(`^${index ?? 'none'}: ([^@:]+)`, 'm').exec(outside)?.[1];
  if (name === undefined) throw new Error(`the other end of ${node.name}'s interface was not found: ${inside}`);
  return name;
}
