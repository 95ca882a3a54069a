/** etcd: a key-value store that replicates by Raft and promises linearizable operations. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { within } from '../../results/index.ts';
import type { ClockReading, Node } from '../cluster.ts';
import { httpDate } from '../http-date.ts';
import { defineTarget, Unmet, type NodeAddress, type NodeSpec } from '../target.ts';
import { addMember, memberList, type Member, removeMember } from './members.ts';
import { openRegister } from './register.ts';
import { memberStatus, readsLinearizably } from './status.ts';

const CLIENT_PORT = 2379;
const PEER_PORT = 2380;
const DATA = '/var/lib/ordeal-etcd';

const Parameters = z.object({
  read: z
    .enum(['linearizable', 'serializable'])
    .default('linearizable')
    .describe('serializable reads ask one member alone and may be stale'),
  heartbeatMs: z.coerce.number().int().min(1).default(100).describe('how often the leader sends heartbeats'),
  electionMs: z.coerce.number().int().min(5).default(1000).describe('silence of the leader after which one is elected'),
  snapshotCount: z.coerce.number().int().min(1).default(10_000).describe('log entries between two snapshots'),
});
type Parameters = z.infer<typeof Parameters>;

export default defineTarget<Parameters>({
  name: 'etcd',
  summary: 'etcd, the key-value store of Kubernetes (Raft)',
  parameters: Parameters,
  image: () => ({ build: fileURLToPath(new URL('image', import.meta.url)), tag: 'ordeal-etcd' }),
  node: (self, peers, params) => nodeSpec(self, membersOf(peers), 'new', params),
  ready,
  apis: {
    register: (node, { read }) =>
      Promise.resolve(openRegister(node.endpoint(CLIENT_PORT), { serializable: read === 'serializable' })),
  },
  primaries: leaders,
  membership: {
    async members(viewer, _params, signal) {
      const members = await memberList(viewer.endpoint(CLIENT_PORT), signal);
      return new Map(members.flatMap(({ name, id }) => (name === '' ? [] : [[name, id]])));
    },
    remove: (node, nodes, _params, signal) => removeMember(peerUrl(node), others(node, nodes), CLIENT_PORT, signal),
    async add(node, nodes, params, signal) {
      const members = await addMember(peerUrl(node), others(node, nodes), CLIENT_PORT, signal);
      // One that has a name was started, so it has joined.
      if (members.some((each) => each.peerUrl === peerUrl(node) && each.name !== '')) return null;
      // Whoever joined just now may have no name yet in the list of another.
      const nameOf = (member: Member) =>
        [node, ...nodes].find((each) => peerUrl(each) === member.peerUrl)?.name ?? member.name;
      const named = members.map((each) => `${nameOf(each)}=${each.peerUrl}`);
      return nodeSpec(node, named.join(), 'existing', params);
    },
  },
  ownClock,
  version,
});

/** Go's net/http stamps every answer with the process's own time. */
function ownClock(node: Node, _params: Parameters, signal: AbortSignal): Promise<ClockReading> {
  const { host, port } = node.endpoint(CLIENT_PORT);
  return httpDate(`http://${host}:${port}/version`, signal);
}

const peerUrl = ({ address }: NodeAddress): string => `http://${address}:${PEER_PORT}`;
const membersOf = (peers: readonly NodeAddress[]): string =>
  peers.map((each) => `${each.name}=${peerUrl(each)}`).join();
const others = (node: NodeAddress, nodes: readonly Node[]): Node[] => nodes.filter(({ name }) => name !== node.name);

/** `members`: all that the cluster has when the node starts, itself included. */
function nodeSpec(self: NodeAddress, members: string, state: 'new' | 'existing', params: Parameters): NodeSpec {
  return { command: command(self, members, state, params), ports: [CLIENT_PORT], volumes: [DATA] };
}

/** Flags that etcd 3.4, 3.5 and 3.6 all know; members advertise their own address, never one of the host. */
function command(self: NodeAddress, members: string, state: 'new' | 'existing', params: Parameters): string[] {
  return [
    'etcd',
    `--name=${self.name}`,
    `--data-dir=${DATA}/member`,
    `--listen-peer-urls=http://0.0.0.0:${PEER_PORT}`,
    `--initial-advertise-peer-urls=${peerUrl(self)}`,
    `--listen-client-urls=http://0.0.0.0:${CLIENT_PORT}`,
    `--advertise-client-urls=http://${self.address}:${CLIENT_PORT}`,
    `--initial-cluster=${members}`,
    `--initial-cluster-state=${state}`,
    '--initial-cluster-token=ordeal',
    `--heartbeat-interval=${params.heartbeatMs}`,
    `--election-timeout=${params.electionMs}`,
    `--snapshot-count=${params.snapshotCount}`,
    '--logger=zap',
  ];
}

/** How long one member is waited for before it counts as not serving yet; a member without a leader keeps silent. */
const PROBE_TIMEOUT_MS = 500;

async function ready(nodes: readonly Node[], _params: Parameters, signal: AbortSignal): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      const probe = within(PROBE_TIMEOUT_MS, signal);
      const at = node.endpoint(CLIENT_PORT);
      const status = await memberStatus(at, probe).catch(() => null);
      if (status === null) throw new Unmet(`${node.name} does not answer on port ${CLIENT_PORT}`);
      if (status.leader === null) throw new Unmet(`${node.name} knows of no leader`);
      if (!(await readsLinearizably(at, probe))) throw new Unmet(`${node.name} serves no linearizable read`);
    }),
  );
}

async function statuses(nodes: readonly Node[], signal: AbortSignal) {
  const probe = within(PROBE_TIMEOUT_MS, signal);
  const answers = await Promise.all(
    nodes.map(async (node) => {
      const status = await memberStatus(node.endpoint(CLIENT_PORT), probe).catch(() => null);
      return status === null ? [] : [{ name: node.name, ...status }];
    }),
  );
  return answers.flat();
}

/** The member that leads in the latest term anyone knows of: a deposed leader that was cut off still believes in itself. */
async function leaders(nodes: readonly Node[], _params: Parameters, signal: AbortSignal): Promise<string[]> {
  const known = await statuses(nodes, signal);
  const term = Math.max(...known.map((status) => status.term));
  const leader = known.find((status) => status.term === term && status.leader !== null)?.leader;
  return known.filter(({ member }) => member === leader).map(({ name }) => name);
}

async function version(nodes: readonly Node[], _params: Parameters, signal: AbortSignal): Promise<string> {
  const known = await statuses(nodes, signal);
  return [...new Set(known.map((status) => status.version))].sort().join(', ');
}
