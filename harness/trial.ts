/**
 * One trial, from nothing to a verdict.
 *
 *     launch -> load, while the nemesis strikes -> heal -> final reads -> tear down -> judge -> report
 *
 * Whatever goes wrong on the way, the faults are healed, the cluster is taken down, and what was recorded is kept and
 * judged: a run that broke halfway may still have seen a violation.
 */
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';
import {
  createRunFolder,
  DEFAULT_LIMITS,
  freshRunId,
  HISTORY_FILE,
  judge,
  type Limits,
  Problem,
  type Progress,
  type RunInfo,
  type Value,
  type Verdict,
  writeReport,
  writeVerdict,
} from '../results/index.ts';
import type { Clock, Cluster } from '../targets/index.ts';
import { ALIASES } from './catalog.ts';
import { exercise } from './exercise.ts';
import type { TrialListener } from './listener.ts';
import type { TrialPlan } from './plan.ts';
import { VERSION } from './version.ts';

export interface TrialOutcome {
  readonly folder: string;
  readonly verdict: Verdict;
  /** Path of report.html. */
  readonly report: string;
  /** What broke the run on its way, if anything did: the verdict is of what was recorded until then. */
  readonly failure?: unknown;
}

const START_LIMIT_MS = 120_000;

/** Rejects with a `Problem` if the cluster does not start; from the first op on it resolves with a verdict. */
export async function runTrial(plan: TrialPlan, listener: TrialListener, signal: AbortSignal): Promise<TrialOutcome> {
  listener.onPhase?.('start');
  const startedAt = new Date();
  const cluster = await launch(plan, startedAt, listener, signal);
  let folder: string;
  let info: RunInfo;
  let failure: unknown;
  try {
    const possible = withinCapabilities(plan, cluster, listener);
    info = describeRun(possible, cluster, startedAt);
    folder = createRunFolder(plan.runs, info);
    listener.onFolder?.(folder);
    failure = await exercise(possible, cluster, folder, listener, signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    listener.onPhase?.('tear down');
    await cluster.saveLogs(join(folder, 'nodes'));
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
  listener.onPhase?.('check');
  const verdict = await judgeRun(folder, info);
  listener.onPhase?.('report');
  const report = await writeReport(folder);
  listener.onPhase?.('done');
  return { folder, verdict, report, ...(failure !== undefined && { failure }) };
}

/** Judges a run's folder and stores the verdict; also what `ordeal check RUN` does. */
export async function judgeRun(folder: string, info: RunInfo, how: Partial<Judgment> = {}): Promise<Verdict> {
  const { checker, reads } = info.workload;
  const { limits = DEFAULT_LIMITS, signal, onProgress, orderPath } = how;
  const expected = { reads, faults: info.nemesis };
  const historyPath = join(folder, HISTORY_FILE);
  const judging = { historyPath, spec: checker, limits, expected, aliases: ALIASES };
  const order = orderPath === undefined ? {} : { orderPath };
  const verdict = await judge({ ...judging, ...order }, signal, onProgress);
  writeVerdict(folder, info, verdict);
  return verdict;
}

interface Judgment {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly orderPath: string;
}

function launch(plan: TrialPlan, startedAt: Date, listener: TrialListener, signal: AbortSignal): Promise<Cluster> {
  const { runtime, target, targetParams, nodes, keep, image, seed } = plan;
  const options = {
    nodes,
    keep,
    session: `${startedAt.getTime().toString(36)}-${process.pid}-${seed}`.replace(/[^\w-]/g, '_'),
    clock: startClock(),
    startTimeoutMs: START_LIMIT_MS,
    disks: plan.faults.some(({ needs }) => needs.includes('disk')),
    onProgress: (message: string) => listener.onProgress?.(message),
    ...(image !== undefined && { image }),
  };
  return runtime.launch(target, targetParams, options, signal);
}

/** The plan without the faults that this cluster cannot suffer, if it may do without them. */
function withinCapabilities(plan: TrialPlan, cluster: Cluster, listener: TrialListener): TrialPlan {
  const lacking = new Map(
    plan.faults.flatMap(({ name, needs }) =>
      needs.flatMap((need) =>
        cluster.capabilities[need] === true ? [] : [[name, cluster.capabilities[need]] as const],
      ),
    ),
  );
  for (const [fault, reason] of lacking) {
    if (!plan.lenient)
      throw new Problem(
        `${fault} cannot be injected here: ${reason}.`,
        'Leave it out of --nemesis; `ordeal doctor` tells what this engine can do.',
      );
    listener.onProgress?.(`${fault} is left out: ${reason}`);
  }
  return {
    ...plan,
    faults: plan.faults.filter(({ name }) => !lacking.has(name)),
    schedule: plan.schedule.filter(({ fault }) => !lacking.has(fault)),
  };
}

/** Monotonic time since now. */
export function startClock(): Clock {
  const startNs = process.hrtime.bigint();
  return { nowNs: () => Number(process.hrtime.bigint() - startNs) };
}

function describeRun(plan: TrialPlan, cluster: Cluster, startedAt: Date): RunInfo {
  const { target, workload, faults, seed, timeMs, nodes, clients, rate, opTimeoutMs, argv, again } = plan;
  const nemesis = faults.map(({ name }) => name);
  return {
    id: freshRunId(plan.runs, startedAt, [target.name, workload.name, nemesis.join('+') || 'calm', seed]),
    version: VERSION,
    startedAt: startedAt.toISOString(),
    seed,
    target: { name: target.name, params: plan.targetParams as Value },
    workload: {
      name: workload.name,
      params: plan.workloadParams as Value,
      reads: workload.reads,
      checker: workload.checker,
    },
    nemesis,
    schedule: plan.schedule as unknown as Value,
    settings: { timeMs, nodes, clients, rate, opTimeoutMs },
    cluster: cluster.facts,
    environment: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      kernel: release(),
      cores: availableParallelism(),
    },
    argv,
    again,
  };
}
