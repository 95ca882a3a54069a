/**
 * A partition of any shape as one set of (source, destination) pairs in the kernel.
 *
 * All links of one network go over one bridge of the engine's machine. A table of family `bridge` sees every packet
 * there, also where no firewall of the host does, and the set is exchanged in one transaction: no moment at which half
 * of a partition is in force. The sender notices nothing. ARP and neighbour discovery pass: a cut is about packets
 * between addresses, and must not leave stale neighbours behind.
 */
import type { Link, Node } from '../cluster.ts';
import type { DockerAgent } from './agent/index.ts';
import { openRuleset } from './ruleset.ts';

/** How links are cut: on the bridge, or where the kernel cannot, at the receiving nodes. */
export interface Cuts extends AsyncDisposable {
  readonly mechanism: 'bridge' | 'input';
  cut(links: readonly Link[]): Promise<void>;
}

/** The name of this session's table; nft knows letters, digits and underscores. */
export function tableName(session: string): string {
  return `ordeal_${session.replace(/\W/g, '_')}`;
}

/** Rejects where the kernel has no nf_tables for bridges. */
export async function bridgeCuts(agent: DockerAgent, nodes: readonly Node[]): Promise<Cuts> {
  const name = tableName(agent.session);
  const table = `bridge ${name}`;
  const ruleset = await openRuleset(agent, { family: 'bridge', table: name });
  try {
    await ruleset.apply(
      [
        `add set ${table} cut4 { type ipv4_addr . ipv4_addr; }`,
        `add set ${table} cut6 { type ipv6_addr . ipv6_addr; }`,
        // `forward` alone is a keyword of the grammar, and so is `fwd`.
        `add chain ${table} passing { type filter hook forward priority -200; policy accept; }`,
        `add rule ${table} passing ip saddr . ip daddr @cut4 drop`,
        `add rule ${table} passing ip6 saddr . ip6 daddr @cut6 drop`,
      ].join('; '),
    );
  } catch (error) {
    await ruleset[Symbol.asyncDispose]();
    throw error;
  }
  return {
    mechanism: 'bridge',
    cut: (links) =>
      ruleset.apply(
        [
          `flush set ${table} cut4; flush set ${table} cut6`,
          ...elements(
            table,
            'cut4',
            pairs(links, nodes, ({ address }) => address),
          ),
          ...elements(
            table,
            'cut6',
            pairs(links, nodes, ({ address6 }) => address6),
          ),
        ].join('; '),
      ),
    [Symbol.asyncDispose]: () => ruleset[Symbol.asyncDispose](),
  };
}

/** `a . b` for each link whose ends both have such an address. */
function pairs(
  links: readonly Link[],
  nodes: readonly Node[],
  addressOf: (node: Node) => string | undefined,
): string[] {
  const addresses = new Map(nodes.map((node) => [node.name, addressOf(node)]));
  return links.flatMap(({ from, to }) => {
    if (!addresses.has(from) || !addresses.has(to)) throw new Error(`no such link: ${from}>${to}`);
    const [source, destination] = [addresses.get(from), addresses.get(to)];
    return source === undefined || destination === undefined ? [] : [`${source} . ${destination}`];
  });
}

/** The command that fills a set; none for nothing, which nft's grammar has no words for. */
function elements(table: string, set: string, members: readonly string[]): string[] {
  return members.length === 0 ? [] : [`add element ${table} ${set} { ${members.join(', ')} }`];
}
