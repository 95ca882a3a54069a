/**
 * Nodes die at once (SIGKILL) and are started again later, with the same address, ports and data.
 *
 * What is in memory is lost, what the operating system holds for the disk is not.
 */
import { endNodes } from './ending.ts';
import { defineFault } from './fault.ts';
import { chooseVictims, Victims } from './victims.ts';

export default defineFault<Victims>({
  name: 'kill',
  summary: 'kills nodes (SIGKILL) and starts them again later',
  needs: ['kill'],
  harms: ['processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority', 'all'], random),
  inject: (cluster, plan) => endNodes(cluster, plan, (node) => node.kill()),
});
