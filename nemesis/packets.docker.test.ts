import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Cluster } from '../targets/index.ts';
import packets from './packets.ts';
import { launchHearers } from './testing/hearers.ts';

let cluster: Cluster;
const soon = () => AbortSignal.timeout(30_000);
const patience = { timeout: 20_000, interval: 200 };

beforeAll(async () => {
  cluster = await launchHearers(`test-packets-${process.pid}`, 3);
  expect(cluster.capabilities).toMatchObject({ packets: true });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** Milliseconds until a connection from one node to a closed port of another is refused: one round trip. */
async function roundTrip(from: string, to: string): Promise<number> {
  const [source, target] = [from, to].map((name) => cluster.nodes.find((node) => node.name === name));
  const seconds = await source?.exec([
    'bash',
    '-c',
    `start=$EPOCHREALTIME; : 2>/dev/null < /dev/tcp/${target?.address ?? ''}/9; end=$EPOCHREALTIME; echo "$start $end"`,
  ]);
  const [start = NaN, end = NaN] = (seconds?.stdout ?? '').trim().split(' ').map(Number);
  return (end - start) * 1000;
}

/** On a busy machine not at once. */
function expectQuick(from: string, to: string): Promise<void> {
  return vi.waitFor(async () => expect(await roundTrip(from, to)).toBeLessThan(150), patience);
}

const LINKS = ['n1>n2', 'n2>n1', 'n1>n3'];
/** Whether the engine gives the nodes IPv6 addresses. */
const families = () => (cluster.nodes.every(({ address6 }) => address6 !== undefined) ? [4, 6] : [4]);
let calls = 0;

/** Sends that many datagrams over each of `LINKS` and each family, and waits until so many were heard, by link. */
async function expectHeard(sent: number, expected: Readonly<Record<string, number>>): Promise<void> {
  const call = `count-${++calls}`;
  const named = (name: string) => cluster.nodes.find((node) => node.name === name);
  for (const link of LINKS) {
    const [from = '', to = ''] = link.split('>');
    const { address = '', address6 = '' } = named(to) ?? {};
    const lines = families().map(
      (family) =>
        `for i in {1..${sent}}; do echo -n ${call} ${from}\\>${to}/${family} > /dev/udp/${family === 4 ? address : address6}/7001; done`,
    );
    await named(from)?.exec(['bash', '-c', lines.join('\n')]);
  }
  await sleep(100);
  const wanted = Object.fromEntries(
    LINKS.flatMap((link) => families().map((family) => [`${link}/${family}`, expected[link] ?? 0])),
  );
  await vi.waitFor(async () => {
    const logs = (await Promise.all(cluster.nodes.map((node) => node.tail(3_000)))).join('\n');
    const heard = Object.keys(wanted).map((way) => [way, logs.split(`heard ${call} ${way}\n`).length - 1]);
    expect(Object.fromEntries(heard)).toEqual(wanted);
  }, patience);
}

/** How many datagrams the node's own kernel has refused to deliver so far, over each family. */
async function refused(name: string): Promise<number[]> {
  const node = cluster.nodes.find((one) => one.name === name);
  const told = (await node?.exec(['cat', '/proc/net/snmp', '/proc/net/snmp6']))?.stdout ?? '';
  const [, names = '', counts = ''] = /^Udp: (\D+)\nUdp: (.+)$/m.exec(told) ?? [];
  const udp4 = counts.split(' ')[names.split(' ').indexOf('InErrors')];
  return [Number(udp4), Number(/^Udp6InErrors\s+(\d+)/m.exec(told)?.[1])].slice(0, families().length);
}

describe('packets', () => {
  it('come late on exactly the planned links, and in time again', async () => {
    const plan = { links: [['n1', 'n2']] as [string, string][], how: { delayMs: 200 } };
    const injection = await packets.inject(cluster, plan, soon());
    expect(injection.describe).toBe('delay 200 ms on n1 → n2');
    expect(await injection.effect(soon())).toMatchObject({ seen: true, measures: [{ where: 'n1>n2' }] });
    // There and back goes over the slow link once, in whichever direction the connection is made.
    expect(await roundTrip('n1', 'n2')).toBeGreaterThan(195);
    expect(await roundTrip('n2', 'n1')).toBeGreaterThan(195);
    await expectQuick('n1', 'n3');
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    await expectQuick('n1', 'n2');
  });

  it('come twice, over both families, and once again when healed', async () => {
    const injection = await packets.inject(cluster, { links: [['n1', 'n2']], how: { duplicate: 1 } }, soon());
    expect(injection.describe).toBe('duplicate 100 % on n1 → n2');
    expect(await injection.effect(soon())).toMatchObject({ seen: true, measures: [{ where: 'n1>n2' }] });
    await expectHeard(20, { 'n1>n2': 40, 'n2>n1': 20, 'n1>n3': 20 });
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    await expectHeard(20, { 'n1>n2': 20, 'n2>n1': 20, 'n1>n3': 20 });
  });

  it('are damaged, so that the receiving kernel refuses them, and whole when healed', async () => {
    const injection = await packets.inject(cluster, { links: [['n1', 'n2']], how: { corrupt: 1 } }, soon());
    expect(injection.describe).toBe('corrupt 100 % on n1 → n2');
    expect(await injection.effect(soon())).toMatchObject({ seen: true, measures: [{ where: 'n1>n2' }] });
    const before = await refused('n2');
    await expectHeard(20, { 'n1>n2': 0, 'n2>n1': 20, 'n1>n3': 20 });
    // At least: packets of the beacon may still have been on their way.
    await vi.waitFor(async () => {
      const more = (await refused('n2')).map((count, i) => count - (before[i] ?? NaN));
      expect(more.map((count) => count >= 20)).toEqual(families().map(() => true));
    }, patience);
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    await expectHeard(20, { 'n1>n2': 20, 'n2>n1': 20, 'n1>n3': 20 });
  });

  it.each([
    { delayMs: 20, jitterMs: 10 },
    { loss: 0.3 },
    { loss: 1 },
    { duplicate: 0.3, delayMs: 20, jitterMs: 20 },
    { corrupt: 0.3 },
    { bytesPerSecond: 8_000 },
  ])('suffer %j', async (how) => {
    const links = ['n1>n3', 'n3>n1'].map((link) => link.split('>') as [string, string]);
    const injection = await packets.inject(cluster, { links, how }, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  });

  it('are not believed to suffer where nothing was done to them, nor to be well where something still is', async () => {
    const idle = { ...cluster, network: { ...cluster.network, impair: () => Promise.resolve(nothing) } };
    const nothing = { [Symbol.asyncDispose]: () => Promise.resolve() };
    const links: [string, string][] = [['n2', 'n3']];
    for (const how of [
      { delayMs: 50 },
      { loss: 0.1 },
      { duplicate: 0.1 },
      { corrupt: 0.1 },
      { bytesPerSecond: 8_000 },
    ]) {
      const fake = await packets.inject(idle, { links, how }, soon());
      expect(await fake.effect(AbortSignal.timeout(800))).toMatchObject({ seen: false });
      const real = await packets.inject(cluster, { links, how }, soon());
      expect(await real.recovery(AbortSignal.timeout(800))).toMatchObject({ seen: false });
      await real.heal(soon());
    }
  });

  it('leave no rule and no table of ours in any node', async () => {
    for (const node of cluster.nodes) {
      const { pid } = await node.state();
      const rules = (await cluster.agent?.run(`nsenter -t ${pid} -n nft list ruleset`)) ?? 'no agent';
      expect(rules).not.toMatch(/NFQUEUE|mangle|no agent/);
    }
  });
});
