/** Who starts ended nodes when the controller goes away: the agent where it went without a word, else nobody. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Node } from '../cluster.ts';
import { defineTarget } from '../target.ts';
import type { DockerAgent } from './agent/index.ts';
import { findEngine, type Engine } from './engine.ts';
import { dockerRuntime } from './runtime.ts';
import { removeSession } from './sweep.ts';

const session = `test-revival-${process.pid}`;
let engine: Engine;

const keepers = defineTarget({
  name: 'keepers',
  summary: 'nodes with a disk that do nothing',
  parameters: z.object({}),
  image: () => ({ ref: 'debian:bookworm-slim' }),
  node: () => ({ command: ['sleep', 'infinity'], ports: [7000], volumes: ['/data'] }),
  ready: () => Promise.resolve(),
  apis: {},
});

const launch = (keep: boolean, on = engine) =>
  dockerRuntime(on).launch(
    keepers,
    {},
    {
      nodes: 2,
      session,
      keep,
      disks: true,
      clock: { nowNs: () => Math.round(performance.now() * 1e6) },
      startTimeoutMs: 60_000,
      onProgress: () => undefined,
    },
    AbortSignal.timeout(100_000),
  );

const agents = () =>
  engine.docker.listContainers({ filters: { label: [`ordeal.session=${session}`, 'ordeal.role=agent'] } });
const statuses = (nodes: readonly Node[]) => Promise.all(nodes.map(async (node) => (await node.state()).status));

describe('revival', () => {
  beforeAll(async () => {
    engine = await findEngine();
  });
  afterEach(async () => {
    await removeSession(engine, session);
  });

  it('starts nodes that have ended, on their own disks, and lets those be that run', async () => {
    const { nodes, agent, facts } = await launch(false);
    expect(facts['revival']).toBe(true);
    const before = await Promise.all(nodes.map((node) => node.state()));
    await nodes[0]?.exec(['sh', '-c', 'echo kept > /data/file']);
    await nodes[0]?.kill();
    (agent as DockerAgent).close();
    await expect.poll(agents, { timeout: 60_000 }).toEqual([]);
    expect(await statuses(nodes)).toEqual(['running', 'running']);
    expect((await nodes[0]?.exec(['cat', '/data/file']))?.stdout).toBe('kept\n');
    expect(await nodes[1]?.state()).toEqual(before[1]);
  });

  it('says so where the agent cannot reach its engine, and leaves ended nodes to the next run', async () => {
    const { nodes, agent, facts } = await launch(false, { ...engine, address: 'unix:///run/no-engine-here.sock' });
    expect(facts['revival']).toMatch(/^\/run\/no-engine-here\.sock of its machine: .*No such file/);
    await nodes[0]?.kill();
    (agent as DockerAgent).close();
    await expect.poll(agents, { timeout: 60_000 }).toEqual([]);
    expect(await statuses(nodes)).toEqual(['exited', 'running']);
  });

  it('starts nothing where the cluster is left in an orderly way', async () => {
    const cluster = await launch(true);
    await cluster.nodes[0]?.kill();
    await cluster[Symbol.asyncDispose]();
    await expect.poll(agents, { timeout: 60_000 }).toEqual([]);
    expect(await statuses(cluster.nodes)).toEqual(['exited', 'running']);
  });
});
