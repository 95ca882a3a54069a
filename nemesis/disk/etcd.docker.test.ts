/** Faults of disks under a real database: what etcd has acknowledged outlives them, and it serves again after each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Value } from '../../results/index.ts';
import { dockerRuntime, etcd, findEngine, type Cluster } from '../../targets/index.ts';
import type { Client } from '../../workloads/index.ts';
import type { Injection } from '../fault.ts';
import { clock } from '../testing/hearers.ts';
import { corrupt, diskFull, powerLoss, readOnly, stuckDisk, truncate } from './index.ts';

let cluster: Cluster;
const soon = () => AbortSignal.timeout(20_000);

beforeAll(async () => {
  const session = `test-disk-etcd-${process.pid}`;
  const options = { nodes: 3, session, clock, keep: false, startTimeoutMs: 60_000, onProgress: () => undefined };
  const runtime = dockerRuntime(await findEngine());
  const signal = AbortSignal.timeout(100_000);
  cluster = await runtime.launch(etcd, etcd.parameters.parse({}), { ...options, disks: true }, signal);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

async function withClient<T>(i: number, use: (client: Client) => Promise<T>): Promise<T> {
  const node = cluster.nodes[i];
  if (node === undefined) throw new Error(`no node ${i}`);
  const client = await cluster.connect('register', node, soon());
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
const read = (i: number, key: string): Promise<Value> =>
  withClient(i, (client) => client.invoke({ f: 'read', key, value: null }, AbortSignal.timeout(5_000)));
const write = (i: number, key: string, value: Value) =>
  withClient(i, (client) => client.invoke({ f: 'write', key, value }, AbortSignal.timeout(1_000)));

async function healed(injection: Injection): Promise<void> {
  await injection.heal(soon());
  expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  await cluster.ready(soon());
}

it('a power loss of all nodes takes nothing that was acknowledged', async () => {
  let acknowledged = -1;
  const writing = withClient(0, async (client) => {
    for (let i = 0; ; i++) {
      await client.invoke({ f: 'write', key: 'count', value: i }, AbortSignal.timeout(5_000));
      acknowledged = i;
    }
  }).catch(() => 'cut off');
  await expect.poll(() => acknowledged, { timeout: 10_000 }).toBeGreaterThan(20);
  const injection = await powerLoss.inject(cluster, { who: 'all', nodes: ['n1', 'n2', 'n3'] }, soon());
  expect(await writing).toBe('cut off');
  expect(await injection.effect(soon())).toMatchObject({ seen: true });
  await healed(injection);
  expect(await read(1, 'count')).toBeGreaterThanOrEqual(acknowledged);
});

describe.each([
  ['disk-full', diskFull],
  ['stuck-disk', stuckDisk],
  ['read-only', readOnly],
] as const)('%s', (name, fault) => {
  it('of one node is survived by the others, and that one serves again', async () => {
    await write(0, name, 'before');
    const injection = await fault.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    // n1 may have led: then the others take some seconds to elect one of them.
    await expect.poll(() => write(1, name, 'during').catch(String), { timeout: 15_000 }).toBe('during');
    await healed(injection);
    expect(await read(0, name)).toBe('during');
  });
});

describe.each([
  ['corrupt', (signal: AbortSignal) => corrupt.inject(cluster, { ...ROT, bytes: 512, bit: 3 }, signal)],
  ['truncate', (signal: AbortSignal) => truncate.inject(cluster, ROT, signal)],
] as const)('%s', (name, inject) => {
  it('of one node is survived by the others, and a new member takes its place', async () => {
    await write(0, name, 'before');
    const injection = await inject(soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    await healed(injection);
    for (const i of [0, 1, 2]) expect(await read(i, name)).toBe('before');
  });
});

/** The file of the database itself, and the node reads it again at once. */
const ROT = { node: 'n3', file: 'member/member/snap/db', pick: 0, at: 0.01, restart: true };
