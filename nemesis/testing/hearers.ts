/**
 * A target for the tests of faults: nodes that print what they hear and that time passes, so that an effect can be seen
 * from inside the nodes and not only by the means that the fault itself measures with.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  defineTarget,
  dockerRuntime,
  findEngine,
  type Cluster,
  type Engine,
  type LaunchOptions,
  type Link,
} from '../../targets/index.ts';

/** A UDP port for both address families; every datagram is a line of the log, and so is every fiftieth of a second. */
const PORT = 7001;
const PROGRAM = `
use Socket qw(:DEFAULT inet_pton);
$| = 1;
$SIG{TERM} = sub { print "bye\\n"; exit 0 };
socket(my $s, AF_INET6, SOCK_DGRAM, 0) or die;
bind($s, pack_sockaddr_in6(${PORT}, inet_pton(AF_INET6, "::"))) or die;
for (my $tick = 0;; $tick++) {
  my $r = ""; vec($r, fileno($s), 1) = 1;
  if (select($r, undef, undef, 0.02) > 0) { recv($s, my $m, 200, 0); print "heard $m\\n" } else { print "tick $tick\\n" }
}`;

export const hearers = defineTarget({
  name: 'hearers',
  summary: 'nodes that print what they hear',
  parameters: z.object({}),
  image: () => ({ ref: 'debian:bookworm-slim' }),
  node: () => ({ command: ['perl', '-e', PROGRAM], ports: [] }),
  ready: () => Promise.resolve(),
  apis: {},
});

/** Hearers that greet whoever connects to their TCP port, as clients do. */
const GREETER = `
use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalPort => ${PORT}, Listen => 50, ReuseAddr => 1) or die;
while (my $c = $s->accept) { print $c "hello\n"; close $c }`;

export const greeters = defineTarget({
  ...hearers,
  name: 'greeters',
  summary: 'nodes that hear each other and greet clients',
  node: () => ({ command: ['sh', '-c', 'perl -e "$0" & exec perl -e "$1"', GREETER, PROGRAM], ports: [PORT] }),
});

export const clock = { nowNs: () => Math.round(performance.now() * 1e6) };

export async function launchHearers(
  session: string,
  nodes = 5,
  options: Partial<LaunchOptions> = {},
  { target = hearers, engine = findEngine() }: { target?: typeof hearers; engine?: Promise<Engine> } = {},
): Promise<Cluster> {
  const runtime = dockerRuntime(await engine);
  const defaults = { nodes, session, clock, keep: false, startTimeoutMs: 30_000, onProgress: () => undefined };
  return runtime.launch(target, {}, { ...defaults, ...options }, AbortSignal.timeout(100_000));
}

const ARRIVAL_MS = 150;
let calls = 0;

/** Every running node sends to every other, over both families; `n1>n3/4` for what arrived. */
export async function heard(cluster: Cluster): Promise<Set<string>> {
  const call = `call-${++calls}-${Math.floor(performance.now())}`;
  const targets = cluster.nodes.flatMap(({ name, address, address6 }) => [
    { name, family: 4, address },
    ...(address6 === undefined ? [] : [{ name, family: 6, address: address6 }]),
  ]);
  await Promise.all(
    cluster.nodes.map(async (node) => {
      const lines = targets
        .filter(({ name }) => name !== node.name)
        .map(
          ({ name, family, address }) =>
            `echo -n ${call} ${node.name}\\>${name}/${family} > /dev/udp/${address}/${PORT}`,
        );
      await node.exec(['bash', '-c', lines.join('\n')]);
    }),
  );
  await sleep(ARRIVAL_MS);
  const logs = await Promise.all(cluster.nodes.map((node) => node.tail(200)));
  return new Set(
    logs.flatMap((log) => [...log.matchAll(new RegExp(`heard ${call} (\\S+)`, 'g'))].map(([, link]) => link ?? '')),
  );
}

/** What `heard` returns where exactly these links are cut. */
export function allBut(cluster: Cluster, cut: readonly Link[] = []): Set<string> {
  const names = new Set(cut.map(({ from, to }) => `${from}>${to}`));
  const links = cluster.nodes.flatMap((a) => cluster.nodes.filter((b) => a !== b).map((b) => `${a.name}>${b.name}`));
  const families = cluster.nodes.every(({ address6 }) => address6 !== undefined) ? [4, 6] : [4];
  return new Set(
    links.filter((link) => !names.has(link)).flatMap((link) => families.map((family) => `${link}/${family}`)),
  );
}

/** The number of the last fiftieth of a second that the node has seen. */
export async function lastTick(cluster: Cluster, name: string): Promise<number> {
  const node = cluster.nodes.find((one) => one.name === name);
  return Number(/tick (\d+)\s*$/.exec((await node?.tail(5)) ?? '')?.[1] ?? Number.NaN);
}
