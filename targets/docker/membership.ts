/** How nodes of a cluster leave and join: the target tells the system, and the containers follow. */
import type { Membership, Node } from '../cluster.ts';
import type { TargetMembership } from '../target.ts';
import type { Renewable } from './nodes.ts';

export function dockerMembership<P>(
  system: TargetMembership<P>,
  params: P,
  nodes: readonly Node[],
  renewables: readonly Renewable[],
): Membership {
  return {
    members: (viewer, signal) => system.members(viewer, params, signal),
    async remove(node, signal) {
      await system.remove(node, nodes, params, signal);
      await node.stop();
    },
    async add(node, signal) {
      const spec = await system.add(node, nodes, params, signal);
      if (spec !== null) await renewableOf(node, renewables).renew(spec);
      await node.start();
    },
  };
}

function renewableOf({ name }: Node, renewables: readonly Renewable[]): Renewable {
  const found = renewables.find(({ node }) => node.name === name);
  if (found === undefined) throw new Error(`${name} is no node of this cluster`);
  return found;
}
