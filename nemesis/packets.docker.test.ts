import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../targets/index.ts';
import packets from './packets.ts';
import { launchHearers } from './testing/hearers.ts';

let cluster: Cluster;
const soon = () => AbortSignal.timeout(8_000);

beforeAll(async () => {
  cluster = await launchHearers(`test-packets-${process.pid}`, 3);
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

describe('packets', () => {
  it('come late on exactly the planned links, and in time again', async () => {
    const plan = { links: [['n1', 'n2']] as [string, string][], how: { delayMs: 200 } };
    const injection = await packets.inject(cluster, plan, soon());
    expect(injection.describe).toBe('delay 200 ms on n1 → n2');
    expect(await injection.effect(soon())).toMatchObject({ seen: true, measures: [{ where: 'n1>n2' }] });
    // There and back goes over the slow link once, in whichever direction the connection is made.
    expect(await roundTrip('n1', 'n2')).toBeGreaterThan(195);
    expect(await roundTrip('n2', 'n1')).toBeGreaterThan(195);
    expect(await roundTrip('n1', 'n3')).toBeLessThan(150);
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await roundTrip('n1', 'n2')).toBeLessThan(150);
  });

  it.each([{ delayMs: 20, jitterMs: 10 }, { loss: 0.3 }, { loss: 1 }, { bytesPerSecond: 8_000 }])(
    'suffer %j',
    async (how) => {
      const links = ['n1>n3', 'n3>n1'].map((link) => link.split('>') as [string, string]);
      const injection = await packets.inject(cluster, { links, how }, soon());
      expect(await injection.effect(soon())).toMatchObject({ seen: true });
      await injection.heal(soon());
      expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    },
  );

  it('are not believed to suffer where nothing was done to them, nor to be well where something still is', async () => {
    const idle = { ...cluster, network: { ...cluster.network, impair: () => Promise.resolve(nothing) } };
    const nothing = { [Symbol.asyncDispose]: () => Promise.resolve() };
    const links: [string, string][] = [['n2', 'n3']];
    for (const how of [{ delayMs: 50 }, { loss: 0.1 }, { bytesPerSecond: 8_000 }]) {
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
