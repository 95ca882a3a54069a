/** The clock fault on a Java program: HotSpot asks by `clock_gettime` of the C library, and so by the vDSO. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Cluster, Node } from '../../targets/index.ts';
import { clock, type Bend } from './index.ts';
import { lastLine, launchPrograms } from './testing/bench.ts';

/** A virtual machine may collect garbage between two readings of one line, and the kernel stamps files by the tick. */
const OFF_MS = 50;
const patience = { timeout: 30_000, interval: 100 };
const within = () => AbortSignal.timeout(30_000);
let cluster: Cluster;

// The image holds a JDK: some 120 MB to be fetched.
beforeAll(async () => {
  const command = ['java', '-Xmx32m', '-XX:+UseSerialGC', '-cp', '/src', 'Tell'];
  cluster = await launchPrograms(`test-java-${process.pid}`, [command, command], 'test-image-java');
  await Promise.all(cluster.nodes.map((node) => vi.waitFor(() => expectSkew(node, 0), patience)));
}, 700_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** Both ways of asking, against the time that the kernel stamped a file with. */
async function expectSkew(node: Node, offsetMs: number): Promise<void> {
  const { true: truth = 0n, realtime = 0n, instant = 0n } = await lastLine(node);
  const skews = [realtime, instant].map((told) => Number(told - truth) / 1e6 - offsetMs);
  expect(skews.filter((skew) => !(Math.abs(skew) < OFF_MS))).toEqual([]);
}

/** Bends the first node's clock, works, heals; the second node must never notice. */
async function bent(bend: Bend, work: (java: Node) => Promise<void>): Promise<void> {
  const [java, other] = cluster.nodes;
  if (java === undefined || other === undefined) throw new Error('no nodes');
  const injection = await clock.inject(cluster, { nodes: { [java.name]: bend } }, within());
  try {
    expect(await injection.effect(within())).toMatchObject({ seen: true });
    await work(java);
    await vi.waitFor(() => expectSkew(other, 0), patience);
  } finally {
    await injection.heal(within());
  }
  expect(await injection.recovery(within())).toMatchObject({ seen: true });
  await vi.waitFor(() => expectSkew(java, 0), patience);
}

it('an offset moves System.currentTimeMillis and Instant.now, and the healing brings them back', async () => {
  await bent({ kind: 'offset', offsetMs: -86_400_000 }, (java) =>
    vi.waitFor(() => expectSkew(java, -86_400_000), patience),
  );
});

it('a drift makes them gain, but not System.nanoTime', async () => {
  await bent({ kind: 'drift', ratePpm: 500_000 }, async (java) => {
    const first = await lastLine(java);
    await sleep(3_000);
    const second = await lastLine(java);
    const passed = (way: string) => Number((second[way] ?? 0n) - (first[way] ?? 0n));
    for (const way of ['realtime', 'instant']) expect(passed(way) / passed('true'), way).toBeCloseTo(1.5, 1);
    expect(passed('monotonic') / passed('true')).toBeCloseTo(1, 1);
  });
});
