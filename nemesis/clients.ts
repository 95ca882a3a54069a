/**
 * Clients lose nodes that run and hear each other: what is sent to the published ports of these nodes is dropped, not
 * refused, so clients wait for answers that never come.
 *
 * Both the effect and the healing are measured by connecting to the very ports, as a client does.
 */
import { connect, type Socket } from 'node:net';
import { Problem, within, type Measure } from '../results/index.ts';
import type { Cluster, Endpoint, Network, Node } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { informedBeacon } from './informed-beacon.ts';
import { nameOf } from './link-evidence.ts';
import { harmedLinks } from './link-harm.ts';
import { examine, type Finding } from './node-evidence.ts';
import { pairsOf } from './topology.ts';
import { chooseVictims, Victims, victimsOf } from './victims.ts';
import { watch } from './watch.ts';

/** A connection within one machine takes well under a millisecond; over a real network some hundred. */
const PATIENCE_MS = 500;

/** A look at the links has its own limit: one that is cut short has seen no silence, which proves nothing. */
const BEACON_LIMIT_MS = 5_000;

export default defineFault<Victims>({
  name: 'cut-clients',
  summary: 'cuts clients off from nodes, which still reach each other',
  needs: ['partition'],
  harms: ['network'],
  plan: Victims,
  victims: ({ nodes }) => nodes,
  choose: (nodes, random) => chooseVictims(nodes, ['one', 'minority', 'majority', 'all'], random),
  async inject(cluster, plan) {
    const { network, clock } = cluster;
    const cutClients = network.cutClients?.bind(network);
    if (cutClients === undefined)
      throw new Problem('Clients cannot be cut off here.', 'It takes nodes with published ports, and nf_tables.');
    const nodes = victimsOf(cluster, plan);
    const cuts = inForce.get(network) ?? new Set();
    inForce.set(network, cuts);
    const apply = () => cutClients([...new Set([...cuts].flat())]);
    const heal = async () => {
      cuts.delete(plan.nodes);
      await apply();
    };
    cuts.add(plan.nodes);
    try {
      await apply();
    } catch (error) {
      await heal();
      throw error;
    }
    return {
      describe: `clients | ${plan.nodes.join()}`,
      nodes: plan.nodes,
      effect: (until) =>
        watch(async () => {
          const { measures } = await examine(nodes, clock, (_, node) => unreachable(node));
          const silent = await silentPeers(cluster, plan.nodes);
          const all = [...measures, ...silent];
          return { seen: all.every(({ seen }) => seen), measures: all };
        }, until),
      heal,
      recovery: (until) =>
        watch(
          () =>
            examine(nodes, clock, async ({ pid }, node) => {
              if ([...cuts].flat().includes(node.name)) return { what: 'cut off by another fault still', seen: true };
              if (pid === 0) return { what: 'does not run', seen: true };
              return reachable(node);
            }),
          until,
        ),
    };
  },
});

/** Whose clients the faults in force cut off, per network: it takes all of them at once. */
const inForce = new WeakMap<Network, Set<readonly string[]>>();

async function unreachable(node: Node): Promise<Finding> {
  const answers = await answersOf(node);
  return { what: answers.join('; '), seen: answers.length > 0 && answers.every((one) => one.includes('no answer')) };
}

async function reachable(node: Node): Promise<Finding> {
  const answers = await answersOf(node);
  return { what: answers.join('; '), seen: answers.length > 0 && answers.every((one) => one.includes('connected')) };
}

/** For each port of the node what becomes of a connection: `port 2379: no answer in 500 ms`, `... refused`. */
function answersOf(node: Node): Promise<string[]> {
  return Promise.all(node.ports.map(async (port) => `port ${port}: ${await attempt(node.endpoint(port))}`));
}

function attempt({ host, port }: Endpoint): Promise<string> {
  return new Promise<string>((resolve) => {
    const socket: Socket = connect({ host, port });
    const end = (what: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(what);
    };
    const timer = setTimeout(() => end(`no answer in ${PATIENCE_MS} ms`), PATIENCE_MS);
    socket.once('connect', () => end('connected'));
    socket.once('error', ({ message }) => end(message));
  });
}

/** Links of these nodes that carry no packets though nobody harms them: the cut went too far. */
async function silentPeers(cluster: Cluster, names: readonly string[]): Promise<Measure[]> {
  const { network, nodes } = cluster;
  const theirs = new Set(harmedLinks(network).map(nameOf));
  const links = pairsOf(nodes.map(({ name }) => name)).filter(
    (link) => !theirs.has(nameOf(link)) && (names.includes(link.from) || names.includes(link.to)),
  );
  if (links.length === 0) return [];
  await using beacon = await informedBeacon(network, links, within(BEACON_LIMIT_MS));
  return (await beacon.read())
    .filter(({ received }) => received === 0)
    .map(({ link }) => ({ where: nameOf(link), what: 'no packet passes, and it was not to be cut', seen: false }));
}
