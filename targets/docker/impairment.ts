/**
 * Bad links: the receiving node's kernel hands the packets from given senders to a process of the agent, which lets each
 * go when its time has come, or never, or twice, or damaged (see `agent/image/queue.pl`).
 *
 * It needs no packet scheduler, which many kernels lack, and works per link. The price is a process switch for each
 * packet, some 0.1 ms, and about 20,000 packets a second. Should that process end, the rules let everything pass.
 */
import type { Impairment, Link, Node } from '../cluster.ts';
import { converse, type DockerAgent } from './agent/index.ts';

/** Rules of several impairments at a node must not share a queue. */
const FIRST_QUEUE = 20_000;
let queues = 0;

/** Links of nodes that do not run are left out; a node that is started anew is no longer impaired. */
export async function impair(
  agent: DockerAgent,
  nodes: readonly Node[],
  links: readonly Link[],
  how: Impairment,
): Promise<AsyncDisposable> {
  const byName = new Map(
    await Promise.all(nodes.map(async (node) => [node.name, { node, pid: (await node.state()).pid }] as const)),
  );
  const places = links.flatMap(({ from, to }) => {
    const [sender, receiver] = [byName.get(from), byName.get(to)];
    if (sender === undefined || receiver === undefined) throw new Error(`no such link: ${from}>${to}`);
    const { node, pid } = receiver;
    return pid === 0 ? [] : [{ sender: sender.node, receiver: node, pid, queue: FIRST_QUEUE + (queues++ % 40_000) }];
  });
  if (places.length === 0) throw new Error('no node that should receive is running');
  const { delayMs = 0, jitterMs = 0, loss = 0, bytesPerSecond = 0, duplicate = 0, corrupt = 0 } = how;
  const numbers = [delayMs * 1000, jitterMs * 1000, loss, bytesPerSecond, duplicate, corrupt];
  const lines = places.map(({ pid, queue }) => `${pid}:${queue}`);
  const perl = converse(agent, `exec perl /queue.pl ${[...numbers, ...lines].join(' ')}`, /^end\n/m);
  const cure = lift(places);
  const withdraw = await agent.cure(cure);
  const heal = async () => {
    await agent.run(cure);
    perl.end();
    await withdraw();
  };
  try {
    await perl.ask('ready');
    await agent.run(impose(places));
  } catch (error) {
    await heal();
    throw error;
  }
  return { [Symbol.asyncDispose]: heal };
}

interface Place {
  readonly sender: Node;
  readonly receiver: Node;
  readonly pid: number;
  readonly queue: number;
}

const FAMILIES = [
  { program: 'iptables', table: 'ip mangle', addressOf: ({ address }: Node) => address },
  { program: 'ip6tables', table: 'ip6 mangle', addressOf: ({ address6 }: Node) => address6 },
] as const;

/** For each node and address family: how to get there, and its rules without their verb. */
function rulesets(places: readonly Place[]) {
  return [...new Set(places.map(({ pid }) => pid))].flatMap((pid) =>
    FAMILIES.map(({ program, table, addressOf }) => ({
      pid,
      inside: `nsenter -t ${pid} -n`,
      program,
      table,
      rules: places
        .filter((place) => place.pid === pid)
        .flatMap(({ sender, receiver, queue }) => {
          const [from, to] = [addressOf(sender), addressOf(receiver)];
          // Over `lo` come only the copies that the queue itself has made.
          const match = `INPUT -s ${from} -d ${to} ! -i lo`;
          const known = from !== undefined && to !== undefined;
          return known ? [`${match} -j NFQUEUE --queue-num ${queue} --queue-bypass`] : [];
        }),
    })),
  );
}

/** All nodes side by side, each in one transaction. */
function impose(places: readonly Place[]): string {
  const commands = rulesets(places)
    .filter(({ rules }) => rules.length > 0)
    .map(({ inside, program, rules }) => {
      const input = ['*mangle', ...rules.map((rule) => `-A ${rule}`), 'COMMIT'].map((line) => `'${line}'`).join(' ');
      return `printf '%s\\n' ${input} | ${inside} ${program}-restore -w --noflush & jobs="$jobs $!"`;
    });
  return `${commands.join('\n')}\nfor job in $jobs; do wait $job || exit 1; done`;
}

/** Takes the rules away, and the tables too where nothing else is in them; succeeds where they are gone already. */
function lift(places: readonly Place[]): string {
  const commands = rulesets(places).map(({ pid, inside, program, table, rules }) => {
    const deletions = rules.map((rule) => `${inside} ${program} -w -t mangle -D ${rule};`).join(' ');
    const empty = `${inside} ${program} -w -t mangle -S | grep -q '^-A' || ${inside} nft delete table ${table}`;
    return `[ ! -e /proc/${pid}/ns/net ] || { ${deletions} ${empty}; } &`;
  });
  return `{ ${commands.join('\n')}\nwait; } 2>/dev/null; true`;
}
