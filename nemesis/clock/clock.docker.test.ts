/**
 * The clock fault on a running etcd, a static Go program: what the members themselves say of their time.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerRuntime, etcd, findEngine, httpDate, type Cluster, type Node } from '../../targets/index.ts';
import { clock as fault, type ClockPlan } from './index.ts';
import type { Injection } from '../fault.ts';

const PORT = 2379;
let cluster: Cluster;

const ownClock = (node: Node, signal: AbortSignal) =>
  httpDate(`http://${node.endpoint(PORT).host}:${node.endpoint(PORT).port}/version`, signal);
const within = () => AbortSignal.timeout(15_000);

beforeAll(async () => {
  cluster = await dockerRuntime(await findEngine()).launch(
    etcd,
    etcd.parameters.parse({}),
    {
      nodes: 3,
      session: `test-clock-${process.pid}`,
      clock: { nowNs: () => Math.round(performance.now() * 1e6) },
      keep: false,
      startTimeoutMs: 30_000,
      onProgress: () => undefined,
    },
    AbortSignal.timeout(110_000),
  );
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

function node(name: string): Node {
  const found = cluster.nodes.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

/** Asserts how far a member is ahead of this machine's clock, as exactly as it can be asked. */
async function expectSkew(name: string, skewMs: number): Promise<void> {
  const { nodeMs, trueMs, errorMs } = await ownClock(node(name), within());
  expect(Math.abs(nodeMs - trueMs - skewMs)).toBeLessThanOrEqual(errorMs);
  expect(errorMs).toBeLessThan(1_000);
}

async function injected(plan: ClockPlan, work: (injection: Injection) => Promise<void>): Promise<void> {
  const before = Date.now() - performance.now();
  const injection = await fault.inject(cluster, plan, within());
  try {
    await work(injection);
  } finally {
    await injection.heal(within());
  }
  const recovery = await injection.recovery(within());
  expect(recovery.measures.filter(({ seen }) => !seen)).toEqual([]);
  expect(recovery.seen).toBe(true);
  // The machine's own clock went its way.
  expect(Math.abs(Date.now() - performance.now() - before)).toBeLessThan(1_000);
}

describe('an offset', () => {
  it('moves the members it names, forth and back, and no other', async () => {
    const plan: ClockPlan = {
      nodes: { n1: { kind: 'offset', offsetMs: 60_000 }, n2: { kind: 'offset', offsetMs: -3_600_123 } },
    };
    await injected(plan, async (injection) => {
      expect(injection.describe).toBe('n1 +60.000 s, n2 -3600.123 s');
      const effect = await injection.effect(within());
      expect(effect.measures.map(({ what }) => what)).toEqual([
        expect.stringMatching(/^clock \+60\.000 s, read by a probe; .*etcd.*its own clock reads \+(60\.0|59\.9)/),
        expect.stringMatching(/^clock -3600\.123 s, read by a probe; .*etcd.*its own clock reads -3600\.[01]/),
      ]);
      expect(effect.seen).toBe(true);
      await expectSkew('n1', 60_000);
      await expectSkew('n2', -3_600_123);
      await expectSkew('n3', 0);
    });
    for (const { name } of cluster.nodes) await expectSkew(name, 0);
  });

  it('moves a paused member, which does not answer until it goes on', async () => {
    await node('n1').pause();
    try {
      await injected({ nodes: { n1: { kind: 'offset', offsetMs: 60_000 } } }, async (injection) => {
        const effect = await injection.effect(within());
        expect(effect.seen).toBe(true);
        expect(effect.measures[0]?.what).toContain('its own clock could not be asked');
        await node('n1').resume();
        await expectSkew('n1', 60_000);
      });
    } finally {
      await node('n1').resume();
    }
  });

  it('is not believed where the member tells another time', async () => {
    const liar: Cluster = { ...cluster, ownClock: (_node, signal) => ownClock(node('n3'), signal) };
    const injection = await fault.inject(liar, { nodes: { n1: { kind: 'offset', offsetMs: 60_000 } } }, within());
    try {
      const effect = await injection.effect(AbortSignal.timeout(4_000));
      expect(effect.seen).toBe(false);
      expect(effect.measures[0]?.what).toMatch(/its own clock reads [+-]0\.0/);
    } finally {
      await injection.heal(within());
    }
  });
});

it('a drift is what a member tells of its own time', async () => {
  await injected({ nodes: { n2: { kind: 'drift', ratePpm: 300_000 } } }, async (injection) => {
    const effect = await injection.effect(within());
    expect(effect.measures.map(({ what }) => what)).toEqual([expect.stringMatching(/etcd.*its own clock reads \+/)]);
    expect(effect.seen).toBe(true);
    expect(effect.measures[0]?.firstNs).toBeLessThanOrEqual(effect.measures[0]?.lastNs ?? 0);
  });
});
