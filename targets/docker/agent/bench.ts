/** How fast the agent and the cuts are: a call, a flip of all links, and how far apart the links fall silent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Cluster, Link } from '../../cluster.ts';
import { defineTarget } from '../../target.ts';
import { findEngine } from '../engine.ts';
import { dockerRuntime } from '../runtime.ts';

const NODES = 5;
const CALLS = 200;
const FLIPS = 40;
/** Between flips; ends at another phase of the beacon's period each time. */
const SETTLE_MS = 41.3;
const TIMEOUT_MS = 120_000;

const sleepers = defineTarget({
  name: 'sleepers',
  summary: 'nodes that do nothing',
  parameters: z.object({}),
  image: () => ({ ref: 'debian:bookworm-slim' }),
  node: () => ({ command: ['sleep', 'infinity'], ports: [] }),
  ready: () => Promise.resolve(),
  apis: {},
});

export async function benchAgent(print: (line: string) => void): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const clock = { nowNs: () => performance.now() * 1e6 };
  const options = {
    nodes: NODES,
    session: `bench-agent-${process.pid}`,
    clock,
    keep: false,
    startTimeoutMs: TIMEOUT_MS,
  };
  const runtime = dockerRuntime(await findEngine());
  await using cluster = await runtime.launch(sleepers, {}, { ...options, onProgress: () => undefined }, signal);
  const { agent } = cluster;
  if (agent === undefined) throw new Error('the cluster has no agent');

  const callsMs = await timed(CALLS, () => agent.run('true'));
  print(
    `agent call (a shell that ends at once): median ${quantile(callsMs, 0.5)} ms, 95 % ${quantile(callsMs, 0.95)} ms`,
  );
  await benchFlips(cluster, print, signal);
}

async function benchFlips(cluster: Cluster, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const { network, clock, nodes } = cluster;
  const links = nodes.flatMap((a) => nodes.flatMap((b) => (a === b ? [] : [{ from: a.name, to: b.name }])));
  const isSmall = (name: string) => ['n1', 'n2'].includes(name);
  const cut = links.filter(({ from, to }) => isSmall(from) !== isSmall(to));
  await using beacon = await network.beacon(links, signal);
  const cutMs: number[] = [];
  const healMs: number[] = [];
  const spreadMs: number[] = [];
  const effectMs: number[] = [];
  for (let flip = 0; flip < FLIPS; flip++) {
    await sleep(SETTLE_MS);
    const askedNs = clock.nowNs();
    await network.cut(cut);
    cutMs.push((clock.nowNs() - askedNs) / 1e6);
    await sleep(SETTLE_MS);
    const lastNs = await lastArrivals(cut);
    spreadMs.push((Math.max(...lastNs) - Math.min(...lastNs)) / 1e6);
    effectMs.push((Math.max(...lastNs) - askedNs) / 1e6);
    const healNs = clock.nowNs();
    await network.cut([]);
    healMs.push((clock.nowNs() - healNs) / 1e6);
  }
  const flow = `${NODES} nodes, ${cut.length} of ${links.length} links, ${FLIPS} flips`;
  print(`cut call: median ${quantile(cutMs, 0.5)} ms; heal call: median ${quantile(healMs, 0.5)} ms (${flow})`);
  print(`from asking to the last packet that passed: median ${quantile(effectMs, 0.5)} ms`);
  print(
    `first to last pair cut: median ${quantile(spreadMs, 0.5)} ms, 95 % ${quantile(spreadMs, 0.95)} ms ` +
      `(packets every ${beacon.periodMs} ms)`,
  );

  async function lastArrivals(of: readonly Link[]): Promise<number[]> {
    const names = new Set(of.map(({ from, to }) => `${from}>${to}`));
    const arrivals = (await beacon.read()).filter(({ link }) => names.has(`${link.from}>${link.to}`));
    if (arrivals.length !== of.length) throw new Error(`${arrivals.length} of ${of.length} links were measured`);
    return arrivals.map(({ lastNs, silentNs }) => {
      if (lastNs === null || silentNs === null) throw new Error('a link was not cut');
      return lastNs;
    });
  }
}

async function timed(times: number, act: () => Promise<unknown>): Promise<number[]> {
  const result: number[] = [];
  for (let i = 0; i < times; i++) {
    const startMs = performance.now();
    await act();
    result.push(performance.now() - startMs);
  }
  return result;
}

function quantile(values: readonly number[], q: number): string {
  return (values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN).toFixed(2);
}
