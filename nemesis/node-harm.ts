/**
 * Faults that are done to each of some nodes by a script of the agent, and undone by another.
 *
 * The undoing is handed over as a cure before the harm is done. A harm belongs to one run of a node: where the node has
 * been started anew since, nothing of it is left to undo.
 */
import { Problem } from '../results/index.ts';
import type { Agent, Cluster, Node, NodeState } from '../targets/index.ts';
import type { Injection } from './fault.ts';
import { examine, type Finding } from './node-evidence.ts';
import { victimsOf, type Victims } from './victims.ts';
import { watch } from './watch.ts';

export interface Harm {
  /** Shell scripts for the agent. The cure also succeeds where it was run before, or the node has ended. */
  readonly harm: string;
  readonly cure: string;
  /** Measures whether the harm shows. */
  shows(): Promise<Finding>;
  /** Measures whether it is gone. */
  gone(): Promise<Finding>;
  /** The node may die of it, and that is an effect too. */
  readonly deadly?: boolean;
}

interface Harmed extends Harm {
  readonly node: Node;
  readonly pid: number;
  readonly withdraw: () => Promise<void>;
}

/** `prepare` looks at a node that runs as process `pid` and says how it is harmed; it harms nothing itself. */
export async function harmNodes(
  cluster: Cluster,
  victims: Victims,
  prepare: (agent: Agent, pid: number, node: Node) => Promise<Harm>,
  signal: AbortSignal,
): Promise<Injection> {
  const { agent, clock } = cluster;
  if (agent === undefined) throw new Problem('This fault needs the agent, and there is none.', 'See `ordeal doctor`.');
  const nodes = victimsOf(cluster, victims);
  const plans = await Promise.all(
    nodes.map(async (node) => {
      const { status, pid } = await node.state();
      if (pid === 0) throw new Error(`${node.name} is ${status}`);
      return { node, pid, ...(await prepare(agent, pid, node)) };
    }),
  );
  signal.throwIfAborted();
  const harmed: Harmed[] = await Promise.all(
    plans.map(async (plan) => ({ ...plan, withdraw: await agent.cure(plan.cure) })),
  );
  const healAll = async () => {
    await Promise.all(
      harmed.map(async ({ cure, withdraw }) => {
        await agent.run(cure);
        await withdraw();
      }),
    );
  };
  try {
    await Promise.all(harmed.map(({ harm }) => agent.run(harm)));
  } catch (error) {
    await healAll();
    throw error;
  }
  const look = (find: (one: Harmed, state: NodeState) => Promise<Finding>) =>
    examine(nodes, clock, (state, node) => {
      const one = harmed.find((candidate) => candidate.node === node);
      if (one === undefined) throw new Error(`${node.name} was not harmed`);
      return find(one, state);
    });
  return {
    describe: victims.nodes.join(),
    nodes: victims.nodes,
    effect: (until) =>
      watch(
        () =>
          look(async (one, { status, pid }) => {
            if (pid === one.pid) return one.shows();
            return {
              what: `${status}, no longer process ${one.pid}`,
              seen: one.deadly === true && status === 'exited',
            };
          }),
        until,
      ),
    heal: healAll,
    recovery: (until) =>
      watch(
        () =>
          look(async (one, { status, pid }) =>
            pid === one.pid
              ? one.gone()
              : { what: `${status}, no longer process ${one.pid}`, seen: status === 'running' },
          ),
        until,
      ),
  };
}
