/** etcd's members leave and join, as its own members see it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerRuntime, etcd, findEngine, type Cluster, type Node } from '../targets/index.ts';
import { leftovers } from '../targets/docker/leftovers.ts';
import grow from './grow.ts';
import { replace, shrink } from './membership.ts';
import { clock } from './testing/hearers.ts';

let cluster: Cluster;
const session = `test-membership-${process.pid}`;
const soon = () => AbortSignal.timeout(60_000);
const named = (name: string): Node => {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
};

beforeAll(async () => {
  const options = { nodes: 5, session, clock, keep: false, startTimeoutMs: 30_000, onProgress: () => undefined };
  const runtime = dockerRuntime(await findEngine());
  cluster = await runtime.launch(etcd, etcd.parameters.parse({}), options, AbortSignal.timeout(100_000));
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** What etcd's own tool says inside a node. */
async function listed(viewer: string): Promise<string[]> {
  const { stdout, stderr } = await named(viewer).exec(['etcdctl', 'member', 'list']);
  const lines = stdout.trim().split('\n');
  if (stderr !== '' || lines.length < 2) throw new Error(`${viewer}: ${stdout}${stderr}`);
  return lines.map((line) => line.split(', ').slice(0, 3).join(' ')).toSorted();
}
const names = (lines: readonly string[]) => lines.map((line) => line.split(' ')[2]).toSorted();

async function write(node: string, value: string): Promise<void> {
  const client = await cluster.connect('register', named(node), soon());
  await client.invoke({ f: 'write', key: 'k', value }, soon());
  await client.close();
}
async function read(node: string): Promise<unknown> {
  const client = await cluster.connect('register', named(node), soon());
  const value = await client.invoke({ f: 'read', key: 'k', value: null }, soon());
  await client.close();
  return value;
}

it('shrink takes a minority out; healing lets them join as new members with all data', async () => {
  await write('n1', 'before');
  const before = await listed('n1');
  const injection = await shrink.inject(cluster, { who: 'minority', nodes: ['n4', 'n5'] }, soon());
  expect(await injection.effect(soon())).toMatchObject({ seen: true, measures: [{ where: 'n4' }, { where: 'n5' }] });
  expect(names(await listed('n1'))).toEqual(['n1', 'n2', 'n3']);
  expect((await named('n4').state()).status).toBe('exited');
  // The leader may have been among them: the others elect one.
  await expect.poll(() => write('n2', 'meanwhile').then(() => 'written', String), { timeout: 30_000 }).toBe('written');
  await injection.heal(soon());
  expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  const after = await listed('n1');
  expect(names(after)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
  expect(after.filter((line) => !before.includes(line))).toHaveLength(2);
  expect(await read('n5')).toBe('meanwhile');
});

it('replace puts a new member in the place of the first, at the same address and port', async () => {
  const before = await listed('n2');
  const was = named('n1').endpoint(2379);
  const injection = await replace.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
  expect(await injection.effect(soon())).toMatchObject({ seen: true });
  await injection.heal(soon());
  expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  const after = await listed('n2');
  expect(names(after)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
  expect(after.filter((line) => !before.includes(line))).toHaveLength(1);
  expect(named('n1').endpoint(2379)).toEqual(was);
  expect(await read('n1')).toBe('meanwhile');
  // The log of the first container is kept, too.
  const log = await named('n1').tail(Infinity);
  for (const state of ['new', 'existing']) expect(log).toContain(`"initial-cluster-state":"${state}"`);
});

it('grow adds a node that serves; healing takes it out and away', async () => {
  const before = await listed('n2');
  const injection = await grow.inject(cluster, {}, soon());
  expect(injection.nodes).toEqual(['n6']);
  const effect = await injection.effect(soon());
  expect(effect).toMatchObject({ seen: true, measures: [{ where: 'n6' }, { where: 'n6' }] });
  expect(effect.measures[1]?.what).toBe('itself serves, and lists n1,n2,n3,n4,n5,n6');
  // As somebody sees it who is neither the harness nor an old member.
  const { docker } = await findEngine();
  const inside = await docker.getContainer(`ordeal-${session}-n6`).inspect();
  expect(inside.State.Running).toBe(true);
  expect(names(await listed('n2'))).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
  expect(cluster.nodes).toHaveLength(5);
  expect(await injection.recovery(AbortSignal.timeout(500))).toMatchObject({ seen: false });
  await injection.heal(soon());
  expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  expect(await injection.effect(AbortSignal.timeout(500))).toMatchObject({ seen: false });
  expect(await listed('n2')).toEqual(before);
  expect((await leftovers(await findEngine(), session)).filter((name) => name.includes('n6'))).toEqual([]);
});

it('a guest holds all data; the next one has the same name, and what the first had printed is kept', async () => {
  const { membership } = cluster;
  const guest = await membership?.grow(soon());
  if (guest === undefined) throw new Error('etcd has no members');
  expect(guest.name).toBe('n6');
  await membership?.ready(guest, soon());
  const { stdout } = await guest.exec(['etcdctl', 'get', '--prefix', '', '--consistency=s', '--print-value-only']);
  expect(stdout).toContain('meanwhile');
  await membership?.dismiss(guest, soon());
  const folder = mkdtempSync(join(tmpdir(), 'ordeal-membership-'));
  await cluster.saveLogs(folder);
  const log = readFileSync(join(folder, 'n6.log'), 'utf8');
  rmSync(folder, { recursive: true });
  expect(log.match(/"initial-cluster-state":"existing"/g)?.length).toBeGreaterThan(1);
});

it('is not believed where the node is a member all the same, nor healed where it is none', async () => {
  const shrunk = await shrink.inject(cluster, { who: 'one', nodes: ['n3'] }, soon());
  expect(await shrunk.recovery(AbortSignal.timeout(500))).toMatchObject({ seen: false });
  await shrunk.heal(soon());
  expect(await shrunk.recovery(soon())).toMatchObject({ seen: true });
  expect(await shrunk.effect(AbortSignal.timeout(500))).toMatchObject({ seen: false });
});

it('takes no majority', async () => {
  await expect(shrink.inject(cluster, { who: 'named', nodes: ['n1', 'n2', 'n3'] }, soon())).rejects.toThrow(
    'no minority',
  );
});
