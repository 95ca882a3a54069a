/**
 * The network of one cluster: a Docker bridge of its own, with the addresses of all nodes fixed in advance.
 *
 * It has an IPv6 subnet too where the engine can make one, so that a fault that forgets IPv6 shows.
 */
import { createHash } from 'node:crypto';
import type { Network as DockerNetwork } from 'dockerode';
import { Problem } from '../../results/index.ts';
import type { Engine } from './engine.ts';
import { sentenceOf, statusOf } from './errors.ts';
import { ROLE, type Labels } from './labels.ts';
import { formatAddress, formatRange, freeSubnets, hostRanges, parseRange, type Range } from './subnet.ts';

export interface Bridge {
  readonly docker: DockerNetwork;
  readonly name: string;
  readonly subnet: string;
  readonly subnet6: string | null;
  /** Addresses of the i-th node, counted from 0. */
  address(i: number): string;
  address6(i: number): string | null;
}

/** n1 has the address that ends in 11; the first ten are for the engine. */
const FIRST_NODE = 11;
const MAX_NODES = 200;
const ATTEMPTS = 20;

/** Creates the network of a session; another one may take a subnet meanwhile, so it tries more than one. */
export async function createBridge(engine: Engine, session: string, labels: Labels, nodes: number): Promise<Bridge> {
  if (nodes > MAX_NODES)
    throw new Problem(`${nodes} nodes are more than a network holds.`, 'Ask for at most 200 nodes.');
  const name = `ordeal-${session}`;
  const taken = [...hostRanges(), ...(await dockerRanges(engine))];
  let ipv6 = true;
  let refusal: unknown;
  for (const subnet of freeSubnets(taken, seedOf(session), ATTEMPTS)) {
    for (;;) {
      const subnet6 = ipv6 ? ulaOf(session, subnet) : null;
      try {
        return bridge(await create(engine, name, labels, subnet, subnet6), name, subnet, subnet6);
      } catch (error) {
        refusal = error;
        const status = statusOf(error);
        if (status === null || status === 409) throw error;
        if (/overlap|conflict/i.test(sentenceOf(error)) || !ipv6) break;
        ipv6 = false;
      }
    }
  }
  throw new Problem(
    `No network for the cluster can be created: ${refusal === undefined ? 'no private subnet is free' : sentenceOf(refusal)}.`,
    'Remove unused networks: `ordeal clean`, then `docker network prune`.',
    { cause: refusal },
  );
}

/** A number that is the same for the same session and scattered over sessions. */
export function seedOf(session: string): number {
  return createHash('sha256').update(session).digest().readUInt32BE();
}

async function dockerRanges(engine: Engine): Promise<Range[]> {
  const networks = await engine.docker.listNetworks();
  const configs = networks.flatMap(
    (network) => (network.IPAM?.Config as { Subnet?: string }[] | null | undefined) ?? [],
  );
  return configs.flatMap(({ Subnet }) => parseRange(Subnet ?? '') ?? []);
}

function create(
  engine: Engine,
  name: string,
  labels: Labels,
  subnet: Range,
  subnet6: string | null,
): Promise<DockerNetwork> {
  const pools = [{ Subnet: formatRange(subnet), Gateway: formatAddress(subnet.base + 1) }];
  return engine.docker.createNetwork({
    Name: name,
    Driver: 'bridge',
    CheckDuplicate: true,
    EnableIPv6: subnet6 !== null,
    IPAM: {
      Driver: 'default',
      Config: subnet6 === null ? pools : [...pools, { Subnet: `${subnet6}/64`, Gateway: `${subnet6}1` }],
    },
    Labels: { ...labels, [ROLE]: 'network' },
  });
}

function bridge(docker: DockerNetwork, name: string, subnet: Range, subnet6: string | null): Bridge {
  return {
    docker,
    name,
    subnet: formatRange(subnet),
    subnet6: subnet6 === null ? null : `${subnet6}/64`,
    address: (i) => formatAddress(subnet.base + FIRST_NODE + i),
    address6: (i) => (subnet6 === null ? null : `${subnet6}${(FIRST_NODE + i).toString(16)}`),
  };
}

/** A unique local prefix (RFC 4193): 40 bits from the session, and the IPv4 subnet's number. */
function ulaOf(session: string, subnet: Range): string {
  const id = createHash('sha256').update(session).digest('hex').slice(0, 10);
  const number = (Math.floor(subnet.base / 256) % 65536).toString(16);
  return `fd${id.slice(0, 2)}:${id.slice(2, 6)}:${id.slice(6, 10)}:${number}::`;
}
