/**
 * Faults that are done to each of some nodes by a script of the agent, and undone by another.
 *
 * The undoing is handed over as a cure before the harm is done. A harm belongs to one run of a node: where the node has
 * been started anew since, nothing of it is left to undo. Some harms follow the node: one that does not run, or is
 * started anew, is harmed once it runs.
 */
import { Problem, within } from '../results/index.ts';
import type { Agent, Cluster, Node, NodeState } from '../targets/index.ts';
import type { Injection } from './fault.ts';
import { follow, type Following } from './follow.ts';
import { examine, examineRunning, type Finding } from './node-evidence.ts';
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
  /** The node may die of it, and that is an effect too; a function tells such a death from others. */
  readonly deadly?: boolean | ((state: NodeState) => boolean);
}

interface Harmed extends Harm {
  readonly node: Node;
  readonly pid: number;
  readonly withdraw: () => Promise<void>;
}

export interface HarmOptions {
  /** So long after its start a node that is started anew is harmed too; absent where the harm ends with the run. */
  readonly followAfterMs?: number;
}

/** `prepare` looks at a node that runs as process `pid` and says how it is harmed; it harms nothing itself. */
export async function harmNodes(
  cluster: Cluster,
  victims: Victims,
  prepare: (agent: Agent, pid: number, node: Node) => Promise<Harm>,
  signal: AbortSignal,
  { followAfterMs }: HarmOptions = {},
): Promise<Injection> {
  const { agent, clock } = cluster;
  if (agent === undefined) throw new Problem('This fault needs the agent, and there is none.', 'See `ordeal doctor`.');
  const nodes = victimsOf(cluster, victims);
  const harmed = new Map<Node, Harmed>();

  const undo = async ({ cure, withdraw }: Harmed) => {
    await agent.run(cure);
    await withdraw();
  };
  const healAll = async () => {
    await Promise.all([...harmed.values()].map(undo));
  };
  const begin = async (node: Node, pid: number) => {
    const plan = await prepare(agent, pid, node);
    await harmed.get(node)?.withdraw();
    harmed.set(node, { ...plan, node, pid, withdraw: await agent.cure(plan.cure) });
    await agent.run(plan.harm);
  };

  const first = await Promise.all(nodes.map(async (node) => ({ node, ...(await node.state()) })));
  const down = first.find(({ pid }) => pid === 0);
  if (down !== undefined && followAfterMs === undefined) throw new Error(`${down.node.name} is ${down.status}`);
  signal.throwIfAborted();
  const struck = first.filter(({ pid }) => pid !== 0);
  const outcomes = await Promise.allSettled(struck.map(({ node, pid }) => begin(node, pid)));
  // A node that another fault has ended in this very moment is followed like one that had ended before.
  const refusals = await Promise.all(
    outcomes.map(async (outcome, i) => {
      const { node, pid } = struck[i] ?? {};
      if (outcome.status === 'fulfilled' || node === undefined) return [];
      return followAfterMs !== undefined && (await ends(node, pid)) ? [] : [outcome];
    }),
  );
  const [refusal] = refusals.flat();
  if (refusal !== undefined) {
    await healAll();
    throw refusal.reason;
  }
  const following: Following | undefined =
    followAfterMs === undefined
      ? undefined
      : follow(nodes, new Map(first.map(({ node, pid }) => [node.name, pid])), begin, followAfterMs);

  return {
    describe: victims.nodes.join(),
    nodes: victims.nodes,
    effect: (until) =>
      watch(
        () =>
          examineRunning(nodes, clock, async (state, node) => {
            const { status, pid } = state;
            const one = harmed.get(node);
            if (one !== undefined && pid === one.pid) return one.shows();
            if (one !== undefined && diedOfIt(one, state)) return { what: `${status}: it died of it`, seen: true };
            if (pid === 0 && following) return { what: `${status}; is harmed once it runs`, seen: false, moot: true };
            const complaint = following?.complaint();
            const why = complaint === undefined ? '' : `: ${complaint}`;
            return { what: `${status}, no longer process ${one?.pid ?? 0}${why}`, seen: false };
          }),
        until,
      ),
    async heal() {
      await following?.stop();
      await healAll();
    },
    recovery: (until) =>
      watch(
        () =>
          examine(nodes, clock, (state, node) => {
            const one = harmed.get(node);
            if (one !== undefined && state.pid === one.pid) return one.gone();
            // Whatever was done to a run that is over went with it.
            const what = `${state.status}, ${one === undefined ? 'was never harmed' : `no longer process ${one.pid}`}`;
            return { what, seen: state.status === 'running' || following !== undefined };
          }),
        until,
      ),
  };
}

/** The engine takes a moment to notice. */
const NOTICE_MS = 1_000;

/** Whether that run of a node, which something went wrong with, is over. */
async function ends(node: Node, pid: number | undefined): Promise<boolean> {
  const isOver = async () => ({ seen: (await node.state()).pid !== pid, measures: [] });
  return (await watch(isOver, within(NOTICE_MS), 20)).seen;
}

function diedOfIt({ deadly = false }: Harm, state: NodeState): boolean {
  return state.status === 'exited' && (typeof deadly === 'function' ? deadly(state) : deadly);
}
