/** The part of a trial that makes the history: load under faults, healing, final reads. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strike } from '../nemesis/index.ts';
import { either, HISTORY_FILE, type HistoryEvent, openRecorder, type Value, within } from '../results/index.ts';
import type { Cluster, Node } from '../targets/index.ts';
import { type Generator, paced, type Random, seeded } from '../workloads/index.ts';
import { type Interpreter, openInterpreter } from './interpreter.ts';
import type { TrialListener } from './listener.ts';
import type { TrialPlan } from './plan.ts';
import { openTally } from './tally.ts';

const HEAL_LIMIT_MS = 60_000;
/** A cluster that does not come back must not hold the run. */
const FINAL_LIMIT_MS = 60_000;

/**
 * Writes the history of `plan` on `cluster` into `folder`. At `signal` heals and returns. Rejects where the run cannot go
 * on (a full disk, a fault that does not heal, a cluster that does not come back); the history is kept.
 */
export async function exercise(
  plan: TrialPlan,
  cluster: Cluster,
  folder: string,
  listener: TrialListener,
  signal: AbortSignal,
): Promise<void> {
  const random = seeded(plan.seed);
  const recorder = openRecorder(join(folder, HISTORY_FILE));
  try {
    const tally = openTally();
    listener.onLoad?.(() => tally.read(cluster.clock.nowNs()));
    const keys = new Map<string, Value>();
    const record = (event: HistoryEvent) => {
      recorder.record(event);
      tally.add(event);
      if (event.key !== undefined && event.type === 'invoke') keys.set(JSON.stringify(event.key), event.key);
    };
    await using interpreter = interpreterOf(plan, cluster, random, record);
    listener.onPhase?.('load');
    await loadUnderFaults({ plan, cluster, interpreter, random, record, listener }, signal);
    if (signal.aborted) return;
    listener.onPhase?.('heal');
    await cluster.ready(within(HEAL_LIMIT_MS, signal));
    listener.onPhase?.('final reads');
    await finalReads(plan, interpreter, random, [...keys.values()], signal);
  } finally {
    recorder.close();
  }
}

function interpreterOf(
  plan: TrialPlan,
  cluster: Cluster,
  random: Random,
  record: (event: HistoryEvent) => void,
): Interpreter {
  const common = {
    reads: new Set(plan.workload.reads),
    opTimeoutMs: plan.opTimeoutMs,
    nowNs: () => cluster.clock.nowNs(),
    record,
  };
  return openInterpreter(plan.clients, common, (index) => {
    const node = cluster.nodes[index % cluster.nodes.length] as Node;
    return {
      node: node.name,
      connect: (signal) => cluster.connect(plan.workload.api, node, signal),
      random: random.fork(`connect ${index}`),
    };
  });
}

interface Load {
  readonly plan: TrialPlan;
  readonly cluster: Cluster;
  readonly interpreter: Interpreter;
  readonly random: Random;
  readonly record: (event: HistoryEvent) => void;
  readonly listener: TrialListener;
}

/**
 * The nemesis ends when its last fault is healed; the load lasts for its time and on until then, so that a fault which
 * took longer than planned meets load all the same.
 */
async function loadUnderFaults(
  { plan, cluster, interpreter, random, record, listener }: Load,
  signal: AbortSignal,
): Promise<void> {
  const { faults, schedule, timeMs } = plan;
  // If either side breaks, the other has nothing left to do; the nemesis still heals before it returns.
  const broken = new AbortController();
  const over = either(signal, broken.signal);
  const struck = new AbortController();
  const nemesis = strike(
    { cluster, faults, schedule, record, onChange: (inForce) => listener.onFaults?.(inForce) },
    over,
  );
  const load = interpreter.run((index) => loadOf(plan, random, index), either(struck.signal, over));
  const time = sleep(timeMs, undefined, { signal: over }).catch(() => undefined);
  const sides = [load, Promise.all([nemesis, time]).then(() => struck.abort())].map((side) =>
    side.catch((error: unknown) => (broken.abort(error), Promise.reject(error as Error))),
  );
  const failed = (await Promise.allSettled(sides)).find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason as Error;
}

function loadOf({ workload, workloadParams, clients, rate }: TrialPlan, random: Random, index: number): Generator {
  const own = random.fork(`client ${index}`);
  const load = workload.generator({ index, count: clients }, own, workloadParams);
  return rate === null ? load : paced(own.fork('pace'), (clients / rate) * 1e9, load);
}

async function finalReads(
  plan: TrialPlan,
  interpreter: Interpreter,
  random: Random,
  keys: readonly Value[],
  signal: AbortSignal,
) {
  const { workload, workloadParams, clients: count } = plan;
  await interpreter.run(
    (index) => workload.final({ index, count }, random.fork(`final ${index}`), workloadParams, keys),
    within(FINAL_LIMIT_MS, signal),
  );
}
