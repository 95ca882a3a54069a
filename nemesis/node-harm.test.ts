/** Nodes that end in the very moment in which they are harmed or looked at. */
import { expect, it } from 'vitest';
import type { Agent, Cluster, Node, NodeState } from '../targets/index.ts';
import { harmNodes, type Harm } from './node-harm.ts';

const soon = () => AbortSignal.timeout(20_000);
const victims = { who: 'one', nodes: ['n1'] };

const EXITED: NodeState = { status: 'exited', pid: 0, startedAt: 'a', exitCode: 137 };
const RUNNING: NodeState = { status: 'running', pid: 7, startedAt: 'a', exitCode: null };

/** A node that the engine takes for running so many times, and an agent whose scripts fail. */
function dying(noticedAfter: number): Cluster {
  let asked = 0;
  const node = {
    name: 'n1',
    state: () => Promise.resolve(asked++ < noticedAfter ? RUNNING : EXITED),
  } as Partial<Node> as Node;
  const agent: Agent = {
    run: () => Promise.reject(new Error('cat: /proc/7/cgroup: No such process')),
    cure: () => Promise.resolve(() => Promise.resolve()),
  };
  return { nodes: [node], agent, clock: { nowNs: () => 0 } } as Partial<Cluster> as Cluster;
}

const quota: Harm = {
  harm: 'echo',
  cure: 'echo',
  shows: () => Promise.resolve({ what: 'shows', seen: true }),
  gone: () => Promise.resolve({ what: 'gone', seen: true }),
};
const prepare = (agent: Agent) => agent.run('cat').then(() => quota);

it('one that ends while it is harmed is harmed once it runs again, though the engine notices late', async () => {
  const injection = await harmNodes(dying(5), victims, prepare, soon(), { followAfterMs: 0 });
  expect(await injection.effect(AbortSignal.timeout(100))).toMatchObject({
    seen: false,
    measures: [{ what: 'exited; is harmed once it runs' }],
  });
  await injection.heal(soon());
});

it('one that runs on and cannot be harmed is refused, and so is one that nobody follows', async () => {
  const refusal = 'No such process';
  await expect(harmNodes(dying(Infinity), victims, prepare, soon(), { followAfterMs: 0 })).rejects.toThrow(refusal);
  await expect(harmNodes(dying(5), victims, prepare, soon())).rejects.toThrow(refusal);
});

it('a look at a node that fails is no end of the measurement', async () => {
  const cluster = dying(Infinity);
  const agent: Agent = { ...(cluster.agent as Agent), run: () => Promise.resolve('') };
  let looks = 0;
  const shows = () => (looks++ < 2 ? Promise.reject(new Error('No such file')) : quota.shows());
  const injection = await harmNodes({ ...cluster, agent }, victims, () => Promise.resolve({ ...quota, shows }), soon());
  expect(await injection.effect(soon())).toMatchObject({ seen: true });
  expect(looks).toBe(3);
});
