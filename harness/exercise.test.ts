/** The part of a trial between launch and verdict, on a cluster that is none: who waits for whom. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineFault, type Fault } from '../nemesis/index.ts';
import { eventsOf, HISTORY_FILE, type HistoryEvent, NEMESIS, readHistory } from '../results/index.ts';
import type { Cluster, Node } from '../targets/index.ts';
import { each, nothing, type Random, type Thread, type Workload } from '../workloads/index.ts';
import { exercise } from './exercise.ts';
import type { TrialPlan } from './plan.ts';

const runs = mkdtempSync(join(tmpdir(), 'ordeal-exercise-'));
afterAll(() => rmSync(runs, { recursive: true }));

/** A millisecond an op, so that the history stays small. */
const cluster = {
  clock: { nowNs: () => Math.round(performance.now() * 1e6) },
  nodes: [{ name: 'n1' } as Node],
  connect: () =>
    Promise.resolve({ invoke: (op) => sleep(1).then(() => op.value ?? null), close: () => Promise.resolve() }),
  ready: () => Promise.resolve(),
} as Partial<Cluster> as Cluster;

const workload = {
  name: 'writes',
  summary: '',
  api: 'any',
  reads: [],
  parameters: z.unknown(),
  generator: (_thread: Thread, random: Random) => each(random, (n) => ({ f: 'write', value: n })),
  final: () => nothing,
} as Partial<Workload> as Workload;

const seen = () => Promise.resolve({ seen: true, measures: [] });

/** A fault whose healing takes its time. */
const fault = (healMs: number) =>
  defineFault({
    name: 'harm',
    summary: '',
    needs: [],
    harms: ['network'],
    plan: z.unknown(),
    choose: () => null,
    inject: () => Promise.resolve({ describe: '', nodes: [], effect: seen, heal: () => sleep(healMs), recovery: seen }),
  });

async function run(timeMs: number, faults: readonly Fault[]): Promise<HistoryEvent[]> {
  const plan = {
    ...{ workload, workloadParams: {}, faults, timeMs, seed: 's', clients: 1, rate: null, opTimeoutMs: 1_000 },
    schedule: faults.map(({ name }, i) => ({ id: i + 1, fault: name, plan: null, startMs: 10, durationMs: 10 })),
  } as Partial<TrialPlan> as TrialPlan;
  const folder = mkdtempSync(join(runs, 'run-'));
  await exercise(plan, cluster, folder, {}, new AbortController().signal);
  return [...eventsOf(readHistory(join(folder, HISTORY_FILE)))];
}

const isOfNemesis = ({ process }: HistoryEvent) => process === NEMESIS;

describe('the load', () => {
  test('lasts for its time where no fault outlasts it', async () => {
    const events = await run(600, [fault(0)]);
    const [first, last] = [events[0], events.at(-1)];
    expect(((last?.timeNs ?? 0) - (first?.timeNs ?? 0)) / 1e6).toBeGreaterThan(500);
    expect(events.findLastIndex(isOfNemesis)).toBeLessThan(events.length - 10);
  });

  test('goes on beyond it until the last fault is healed', async () => {
    const events = await run(30, [fault(500)]);
    const last = events.findLastIndex(isOfNemesis);
    const healing = events.slice(events.findLastIndex((event, i) => i < last && isOfNemesis(event)) + 1, last);
    expect(healing.filter(({ type }) => type === 'ok').length).toBeGreaterThan(20);
    expect(events.length - last).toBeLessThan(5);
  });
});
