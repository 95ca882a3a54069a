/** Faults of the primaries, on a real etcd: the leader is harmed, nobody else is, and leadership moves. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerRuntime, etcd, findEngine, type Cluster } from '../targets/index.ts';
import type { Fault } from './fault.ts';
import { isolatePrimaries, killPrimaries, pausePrimaries } from './primaries.ts';
import { clock } from './testing/hearers.ts';

let cluster: Cluster;
const ELECTION_LIMIT_MS = 20_000;
const soon = () => AbortSignal.timeout(ELECTION_LIMIT_MS);
const plan = { who: 'primaries' } as const;

beforeAll(async () => {
  const runtime = dockerRuntime(await findEngine());
  const options = { nodes: 3, session: `test-primaries-${process.pid}`, clock, keep: false, startTimeoutMs: 60_000 };
  cluster = await runtime.launch(
    etcd,
    etcd.parameters.parse({}),
    { ...options, onProgress: () => undefined },
    AbortSignal.timeout(100_000),
  );
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

async function leaders(): Promise<string[]> {
  return ((await cluster.primaries?.(soon())) ?? []).map(({ name }) => name);
}

/** Waits until exactly one node leads; its name. */
async function leader(): Promise<string> {
  await expect.poll(leaders, { timeout: ELECTION_LIMIT_MS }).toHaveLength(1);
  return (await leaders())[0] ?? 'nobody';
}

const states = async () =>
  Object.fromEntries(await Promise.all(cluster.nodes.map(async (node) => [node.name, await node.state()] as const)));

it.each([killPrimaries, pausePrimaries, isolatePrimaries] as Fault[])(
  '$name: the leader is harmed and nobody else, and another one leads',
  async (fault) => {
    await cluster.ready(soon());
    const old = await leader();
    const before = await states();
    const injection = await fault.inject(cluster, plan, soon());
    const effect = await injection.effect(soon());
    expect(effect, JSON.stringify(effect)).toMatchObject({ seen: true });
    // A link has two ends, of which the leader is always one.
    for (const { where } of effect.measures) expect(where.split('>')).toContain(old);
    const after = await states();
    for (const { name } of cluster.nodes.filter((node) => node.name !== old)) expect(after[name]).toEqual(before[name]);

    await expect
      .poll(async () => (await leaders()).filter((name) => name !== old), { timeout: ELECTION_LIMIT_MS })
      .toHaveLength(1);
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    await cluster.ready(soon());
    expect(await leader()).not.toBe(old);
  },
);

it('strikes nobody where nobody leads', async () => {
  const headless = { ...cluster, primaries: () => Promise.resolve([]) };
  for (const fault of [killPrimaries, pausePrimaries, isolatePrimaries] as Fault[]) {
    await expect(fault.inject(headless, plan, AbortSignal.timeout(500))).rejects.toThrow('no node is a primary now');
  }
});
