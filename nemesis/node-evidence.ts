/** Evidence for nodes: what the runtime tells of each, and whether it is what a fault should have made of it. */
import type { Effect, Measure } from '../results/index.ts';
import type { Clock, Node, NodeState } from '../targets/index.ts';

/** In words, and whether it is as it should be. */
export interface Finding {
  readonly what: string;
  readonly seen: boolean;
}

/** Asks all nodes side by side; seen where every node is as it should be. */
export async function examine(
  nodes: readonly Node[],
  clock: Clock,
  find: (state: NodeState, node: Node) => Finding | Promise<Finding>,
): Promise<Effect> {
  const measures = await Promise.all(
    nodes.map(async (node): Promise<Measure> => {
      const finding = await find(await node.state(), node);
      const nowNs = clock.nowNs();
      return { where: node.name, ...finding, ...(finding.seen && { firstNs: nowNs, lastNs: nowNs }) };
    }),
  );
  return { seen: measures.every(({ seen }) => seen), measures };
}

/** Does something to all nodes side by side; where one refuses, `undo` is done to all, and its refusal thrown. */
export async function toAll(
  nodes: readonly Node[],
  act: (node: Node) => Promise<void>,
  undo: (node: Node) => Promise<void>,
): Promise<void> {
  const outcomes = await Promise.allSettled(nodes.map(act));
  const refusal = outcomes.find((outcome) => outcome.status === 'rejected');
  if (refusal === undefined) return;
  await Promise.allSettled(nodes.map(undo));
  throw refusal.reason;
}
