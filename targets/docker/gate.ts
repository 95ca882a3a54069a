/**
 * The gate of a cluster: the published ports on the engine's machine, by which clients reach the nodes.
 *
 * They are no part of the bridge, so a partition does not touch them: neither the clients from outside, nor a node that
 * reaches another one around a cut, over the gateway's or the machine's own address and a published port (a hairpin). This
 * table drops both where it is asked to, before any address is translated. Clients get no answer; connections that are
 * open already stall.
 */
import type { Link, Node } from '../cluster.ts';
import type { DockerAgent } from './agent/index.ts';
import { tableName } from './cuts.ts';
import { openRuleset } from './ruleset.ts';

export interface Gate extends AsyncDisposable {
  /** Clients of exactly these nodes are cut off; empty opens all. */
  close(names: readonly string[]): Promise<void>;
  /** No hairpin leads around exactly these cut links; empty opens all. */
  guard(links: readonly Link[]): Promise<void>;
  /** Of these pairs, who reaches whom over a published port, and at which address of the machine. */
  hairpins(links: readonly Link[], signal: AbortSignal): Promise<readonly Hairpin[]>;
}

export interface Hairpin {
  readonly link: Link;
  readonly via: string;
}

/** Long enough for a connection within one machine, retried once. */
const CONNECT_S = 1.5;

/** Rejects where the kernel has no nf_tables. */
export async function openGate(agent: DockerAgent, nodes: readonly Node[]): Promise<Gate> {
  const name = tableName(agent.session);
  const table = `inet ${name}`;
  const published = new Map(nodes.map((node) => [node.name, node.ports.map((port) => node.endpoint(port))]));
  const portsOf = (node: string) => (published.get(node) ?? []).map(({ port }) => port);
  const ruleset = await openRuleset(agent, { family: 'inet', table: name });
  try {
    await ruleset.apply(
      [
        `add set ${table} closed { type inet_service; }`,
        `add set ${table} around4 { type ipv4_addr . inet_service; }`,
        `add set ${table} around6 { type ipv6_addr . inet_service; }`,
        // Before connections are tracked and addresses translated.
        `add chain ${table} arriving { type filter hook prerouting priority -300; policy accept; }`,
        // TCP takes no notice of a drop on its way out: it sends again.
        `add chain ${table} leaving { type filter hook output priority -300; policy accept; }`,
        ...['arriving', 'leaving'].map(
          (chain) => `add rule ${table} ${chain} tcp dport @closed fib daddr type local drop`,
        ),
        `add rule ${table} leaving tcp sport @closed fib saddr type local drop`,
        `add rule ${table} arriving ip saddr . tcp dport @around4 fib daddr type local drop`,
        `add rule ${table} arriving ip6 saddr . tcp dport @around6 fib daddr type local drop`,
      ].join('; '),
    );
  } catch (error) {
    await ruleset[Symbol.asyncDispose]();
    throw error;
  }
  const fill = (set: string, members: readonly (string | number)[]) =>
    [
      `flush set ${table} ${set}`,
      ...(members.length === 0 ? [] : [`add element ${table} ${set} { ${members.join()} }`]),
    ].join('; ');
  const byName = new Map(nodes.map((node) => [node.name, node]));
  // Requests and answers take the same path, so a link that is cut in one direction is guarded in both.
  const around = (links: readonly Link[], addressOf: (node: Node) => string | undefined) =>
    links
      .flatMap(({ from, to }) => [[from, to] as const, [to, from] as const])
      .flatMap(([from, to]) => {
        const node = byName.get(from);
        const address = node && addressOf(node);
        return address === undefined ? [] : portsOf(to).map((port) => `${address} . ${port}`);
      });
  return {
    close: async (names) => ruleset.apply(fill('closed', names.flatMap(portsOf))),
    guard: async (links) =>
      ruleset.apply(
        [
          fill('around4', [...new Set(around(links, ({ address }) => address))]),
          fill('around6', [...new Set(around(links, ({ address6 }) => address6))]),
        ].join('; '),
      ),
    async hairpins(links, signal) {
      const pids = new Map(
        await Promise.all(nodes.map(async (node) => [node.name, (await node.state()).pid] as const)),
      );
      const tries = links.flatMap(({ from, to }) => {
        const pid = pids.get(from) ?? 0;
        if (pid === 0) return [];
        return (published.get(to) ?? []).map(({ host, port }) => connect(`${from} ${to}`, pid, host, port));
      });
      if (tries.length === 0) return [];
      const found = await agent.run([...tries, 'wait'].join('\n'), { signal });
      return found
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [from = '', to = '', via = ''] = line.split(' ');
          return { link: { from, to }, via };
        });
    },
    [Symbol.asyncDispose]: () => ruleset[Symbol.asyncDispose](),
  };
}

/** Says `FROM TO ADDRESS:PORT` for each address of the machine at which the port is reached from within the node. */
function connect(label: string, pid: number, host: string, port: number): string {
  const inside = `nsenter -t ${pid} -n`;
  const gateway = `$(${inside} ip -4 route show default | sed -n 's/^default via \\([^ ]*\\).*/\\1/p')`;
  const machine = /^(127\.|::1$|localhost$|0\.0\.0\.0$)|[^0-9.]/.test(host) ? '' : host;
  return `for at in ${gateway} ${machine}; do
  ${inside} timeout ${CONNECT_S} bash -c "exec 3<> /dev/tcp/$at/${port}" 2>/dev/null && echo "${label} $at:${port}"
done &`;
}
