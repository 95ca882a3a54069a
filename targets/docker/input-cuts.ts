/**
 * Cutting links where the kernel has no nf_tables for bridges: each node drops what comes from the cut peers.
 *
 * Incoming packets only: a drop on the way out is noticed by the sender (EPERM), and no real partition is. The nodes are
 * changed side by side, not in one transaction. A node that is started anew has a new network namespace and is no longer
 * cut; the beacon shows it.
 */
import type { Node } from '../cluster.ts';
import type { Cuts } from './cuts.ts';
import type { DockerAgent } from './agent/index.ts';
import { openRuleset, type Ruleset } from './ruleset.ts';

const TABLE = 'inet ordeal';

export function inputCuts(agent: DockerAgent, nodes: readonly Node[]): Cuts {
  const open = new Map<string, { readonly pid: number; readonly ruleset: Ruleset }>();

  const rulesetOf = async (node: Node): Promise<Ruleset | null> => {
    const { pid } = await node.state();
    const known = open.get(node.name);
    if (known?.pid === pid) return known.ruleset;
    open.delete(node.name);
    await known?.ruleset[Symbol.asyncDispose]();
    if (pid === 0) return null;
    const ruleset = await openRuleset(agent, { family: 'inet', table: 'ordeal', pid });
    await ruleset.apply(
      [
        `add set ${TABLE} from4 { type ipv4_addr; }`,
        `add set ${TABLE} from6 { type ipv6_addr; }`,
        `add chain ${TABLE} arriving { type filter hook input priority -200; policy accept; }`,
        `add rule ${TABLE} arriving ip saddr @from4 drop`,
        `add rule ${TABLE} arriving ip6 saddr @from6 drop`,
      ].join('; '),
    );
    open.set(node.name, { pid, ruleset });
    return ruleset;
  };

  return {
    mechanism: 'input',
    async cut(links) {
      const change = async (node: Node) => {
        const sources = nodes.filter(({ name }) => links.some(({ from, to }) => from === name && to === node.name));
        if (sources.length === 0 && !open.has(node.name)) return;
        const fill = (set: string, members: readonly (string | undefined)[]) => {
          const known = members.filter((member) => member !== undefined);
          return known.length === 0 ? [] : [`add element ${TABLE} ${set} { ${known.join(', ')} }`];
        };
        const ruleset = await rulesetOf(node);
        await ruleset?.apply(
          [
            `flush set ${TABLE} from4; flush set ${TABLE} from6`,
            ...fill(
              'from4',
              sources.map(({ address }) => address),
            ),
            ...fill(
              'from6',
              sources.map(({ address6 }) => address6),
            ),
          ].join('; '),
        );
      };
      await Promise.all(nodes.map(change));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.values()].map(({ ruleset }) => ruleset[Symbol.asyncDispose]()));
    },
  };
}
