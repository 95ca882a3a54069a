/** How long after it was asked for each fault shows: five nodes, the median over some injections of a whole plan. */
import { z } from 'zod';
import { defineTarget, dockerRuntime, findEngine, type Cluster } from '../targets/index.ts';
import { corrupt, diskFull, powerLoss, readOnly, slowDisk, stuckDisk, truncate } from './disk/index.ts';
import type { Fault } from './fault.ts';
import kill from './kill.ts';
import memory from './memory.ts';
import packets from './packets.ts';
import partition from './partition.ts';
import pause from './pause.ts';
import restart from './restart.ts';
import sigstop from './sigstop.ts';
import slow from './slow.ts';
import unplug from './unplug.ts';

const TIMES = 7;
const TIMEOUT_MS = 180_000;

const minority = { who: 'minority', nodes: ['n1', 'n2'] };
/** Whole plans; each fault reads its own as it reads one from a file. */
const CASES: readonly (readonly [unknown, unknown])[] = [
  [partition, { shape: 'minority', links: across(['n1', 'n2'], ['n3', 'n4', 'n5']) }],
  [unplug, minority],
  [packets, { links: across(['n1'], ['n2', 'n3', 'n4', 'n5']), how: { delayMs: 50 } }],
  [pause, minority],
  [sigstop, minority],
  [slow, { ...minority, cpuPercent: 10 }],
  [memory, { ...minority, headroomMiB: 16 }],
  [diskFull, minority],
  [slowDisk, { ...minority, perSecond: 5 }],
  [stuckDisk, minority],
  [readOnly, minority],
  [powerLoss, minority],
  [corrupt, { node: 'n5', pick: 0, at: 0.5, restart: false, bytes: 8, bit: 0 }],
  [truncate, { node: 'n5', pick: 0, at: 0.5, restart: false }],
  [kill, minority],
  [restart, { who: 'all', nodes: ['n1', 'n2', 'n3', 'n4', 'n5'] }],
];

const KEEP = 'seq 10000 > /data/lines; exec sleep infinity';

const sleepers = defineTarget({
  name: 'sleepers',
  summary: 'nodes that keep a file and do nothing',
  parameters: z.object({}),
  image: () => ({ ref: 'debian:bookworm-slim' }),
  node: () => ({ command: ['sh', '-c', KEEP], ports: [], volumes: ['/data'] }),
  ready: () => Promise.resolve(),
  apis: {},
});

export async function benchFaults(print: (line: string) => void): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const options = {
    nodes: 5,
    session: `bench-faults-${process.pid}`,
    keep: false,
    disks: true,
    startTimeoutMs: TIMEOUT_MS,
  };
  const clock = { nowNs: () => performance.now() * 1e6 };
  const runtime = dockerRuntime(await findEngine());
  await using cluster = await runtime.launch(sleepers, {}, { ...options, clock, onProgress: () => undefined }, signal);
  for (const [one, plan] of CASES) {
    const fault = one as Fault;
    const times: Times[] = [];
    for (let i = 0; i < TIMES; i++) times.push(await once(cluster, fault, fault.plan.parse(plan), signal));
    const median = (of: (one: Times) => number) =>
      times
        .map(of)
        .toSorted((a, b) => a - b)
        [TIMES >> 1]?.toFixed(1) ?? '';
    print(
      `${fault.name.padEnd(10)} asked to effect seen everywhere ${median(({ effectMs }) => effectMs)} ms, ` +
        `heal asked to recovery seen everywhere ${median(({ recoveryMs }) => recoveryMs)} ms (median of ${TIMES})`,
    );
  }
}

interface Times {
  readonly effectMs: number;
  readonly recoveryMs: number;
}

async function once(cluster: Cluster, fault: Fault, plan: unknown, signal: AbortSignal): Promise<Times> {
  const { clock } = cluster;
  const since = (startNs: number, firsts: readonly (number | undefined)[]) =>
    (Math.max(...firsts.map((ns) => ns ?? Number.NaN)) - startNs) / 1e6;
  const askedNs = clock.nowNs();
  const injection = await fault.inject(cluster, plan, signal);
  const effect = await injection.effect(signal);
  if (!effect.seen) throw new Error(`${fault.name} was not seen: ${JSON.stringify(effect)}`);
  const healNs = clock.nowNs();
  await injection.heal(signal);
  const recovery = await injection.recovery(signal);
  return {
    effectMs: since(
      askedNs,
      effect.measures.map(({ firstNs }) => firstNs),
    ),
    recoveryMs: since(
      healNs,
      recovery.measures.map(({ firstNs }) => firstNs),
    ),
  };
}

function across(some: readonly string[], others: readonly string[]): string[][] {
  return some.flatMap((a) =>
    others.flatMap((b) => [
      [a, b],
      [b, a],
    ]),
  );
}
