/** Evidence for nodes: what the runtime tells of each, and whether it is what a fault should have made of it. */
import type { Effect, Measure } from '../results/index.ts';
import type { Clock, Node, NodeState } from '../targets/index.ts';

/** In words, and whether it is as it should be. */
export interface Finding {
  readonly what: string;
  readonly seen: boolean;
  /** Nothing can be seen there now: the node does not run, and the harm waits for it. */
  readonly moot?: true;
}

type Find = (state: NodeState, node: Node) => Finding | Promise<Finding>;

/** Asks all nodes side by side; seen where every node is as it should be. */
export async function examine(nodes: readonly Node[], clock: Clock, find: Find): Promise<Effect> {
  const { measures } = await ask(nodes, clock, find);
  return { seen: measures.every(({ seen }) => seen), measures };
}

/** As `examine`, but of nodes where it is moot nothing is demanded, as long as there are others. */
export async function examineRunning(nodes: readonly Node[], clock: Clock, find: Find): Promise<Effect> {
  const { measures, moot } = await ask(nodes, clock, find);
  const judged = measures.filter((measure) => !moot.has(measure));
  return { seen: judged.length > 0 && judged.every(({ seen }) => seen), measures };
}

async function ask(nodes: readonly Node[], clock: Clock, find: Find) {
  const moot = new Set<Measure>();
  const measures = await Promise.all(
    nodes.map(async (node): Promise<Measure> => {
      const { what, seen, moot: waits } = await tryFind(find, node);
      const nowNs = clock.nowNs();
      const measure: Measure = { where: node.name, what, seen, ...(seen && { firstNs: nowNs, lastNs: nowNs }) };
      if (waits) moot.add(measure);
      return measure;
    }),
  );
  return { measures, moot };
}

/** A node may end while it is looked at, and its files in /proc and its cgroup with it: then nothing was seen, for that reason. */
async function tryFind(find: Find, node: Node): Promise<Finding> {
  try {
    return await find(await node.state(), node);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { what: `not to be measured: ${message.slice(0, 200)}`, seen: false };
  }
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
