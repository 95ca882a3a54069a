/** Nodes are asked to end (SIGTERM), so that they may say goodbye, and are started again later. */
import { endNodes } from './ending.ts';
import { defineFault } from './fault.ts';
import { chooseVictims, Victims } from './victims.ts';

export default defineFault<Victims>({
  name: 'stop',
  summary: 'ends nodes in an orderly way (SIGTERM) and starts them again later',
  needs: ['kill'],
  harms: ['processes'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority', 'all'], random),
  inject: (cluster, plan) => endNodes(cluster, plan, (node) => node.stop()),
});
