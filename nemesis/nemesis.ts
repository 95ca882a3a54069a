/**
 * The nemesis: the special process whose ops are faults.
 *
 * It carries out a schedule on a cluster and writes what was asked and what was measured into the same history as the
 * clients. Whatever happens, it leaves no fault in force: on abort and on error it heals before it returns. A fault that
 * will not heal is a reason to fail the run, so `strike` then rejects, after trying everything else. Injections overlap only
 * where the schedule lays them over each other: where one took longer than planned, all that follow come so much later.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { NEMESIS, within, type Effect, type FaultEventValue, type HistoryEvent, type Value } from '../results/index.ts';
import type { Cluster } from '../targets/index.ts';
import type { Fault, Injection } from './fault.ts';
import type { Planned, Schedule } from './schedule.ts';

/** What may take long is given up after these times, counted from the planned end of what is in force beside it. */
const INJECT_LIMIT_MS = 15_000;
const MEASURE_LIMIT_MS = 10_000;
const HEAL_LIMIT_MS = 30_000;
const HEAL_ATTEMPTS = 3;

export interface NemesisOptions {
  readonly cluster: Cluster;
  readonly faults: readonly Fault[];
  readonly schedule: Schedule;
  readonly record: (event: HistoryEvent) => void;
  /** Told of every change, for the terminal: the faults in force now. */
  readonly onChange?: (inForce: readonly string[]) => void;
}

/**
 * Carries out the schedule from now on; resolves when the last fault was healed. At `signal` it heals at once and
 * resolves. Rejects if a fault could not be healed.
 */
export async function strike(options: NemesisOptions, signal: AbortSignal): Promise<void> {
  const pace: Pace = { startMs: performance.now(), lateMs: 0 };
  const inForce = new Set<string>();
  const strikes: { readonly planned: Planned; readonly over: Promise<void> }[] = [];
  setMaxListeners(0, signal);
  for (const planned of options.schedule) {
    // What should be over by then must be: only what the plan lays over each other may overlap.
    const before = strikes.filter((one) => endOf(one.planned) <= planned.startMs).map(({ over }) => over);
    const over = Promise.all(before).then(() => strikeOnce(options, planned, pace, inForce, signal));
    strikes.push({ planned, over });
  }
  const failed = (await Promise.allSettled(strikes.map(({ over }) => over))).find(
    ({ status }) => status === 'rejected',
  );
  if (failed) throw (failed as PromiseRejectedResult).reason as Error;
}

/** Where the schedule's time 0 lies, and how much later than planned everything is. */
interface Pace {
  readonly startMs: number;
  lateMs: number;
}

const endOf = ({ startMs, durationMs }: Planned) => startMs + durationMs;

async function strikeOnce(
  options: NemesisOptions,
  planned: Planned,
  pace: Pace,
  inForce: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const leftMs = (untilMs: number) => pace.startMs + pace.lateMs + untilMs - performance.now();
  pace.lateMs = Math.max(pace.lateMs, pace.lateMs - leftMs(planned.startMs));
  // Another may turn out to be late meanwhile.
  while (leftMs(planned.startMs) > 0 && !signal.aborted) await pause(leftMs(planned.startMs), signal);
  if (signal.aborted) return;
  // What is in force beside it may hold it up until its own end: a node that is dead shows no effect, one that is cut off
  // cannot join.
  const beside = options.schedule.filter((one) => one.startMs < endOf(planned) && planned.startMs < endOf(one));
  const heldUpMs = () => (signal.aborted ? 0 : Math.max(0, leftMs(Math.max(...beside.map(endOf)))));
  const beyond = (limitMs: number) => limitMs + heldUpMs();
  const endMs = performance.now() + planned.durationMs;
  const injection = await inject(options, planned, beyond, signal);
  if (!injection) return;
  const shown = `${planned.fault} ${injection.describe}`;
  options.onChange?.([...inForce.add(shown)]);
  try {
    await pause(endMs - performance.now(), signal);
  } finally {
    await heal(options, planned, injection, beyond);
    inForce.delete(shown);
    options.onChange?.([...inForce]);
  }
}

/** A limit in ms, prolonged by what may hold up whatever it limits. */
type Beyond = (limitMs: number) => number;

/** Undefined if the fault could not be injected; a fault without effect is in force all the same, until healed. */
async function inject(
  options: NemesisOptions,
  planned: Planned,
  beyond: Beyond,
  signal: AbortSignal,
): Promise<Injection | undefined> {
  const { id, plan } = planned;
  const event = eventOf(options, planned.fault);
  const fault = options.faults.find(({ name }) => name === planned.fault);
  if (!fault) throw new Error(`the schedule names the fault ${planned.fault}, which was not given`);
  event('invoke', { id, phase: 'inject', plan });
  let injection: Injection;
  try {
    const limit = within(beyond(INJECT_LIMIT_MS), signal);
    injection = await fault.inject(options.cluster, fault.plan.parse(plan), limit);
  } catch (error) {
    event('fail', { id, phase: 'inject', describe: '', nodes: [], effect: NOTHING_SEEN }, error);
    return undefined;
  }
  const { describe, nodes } = injection;
  const { effect, error } = await measured(() => injection.effect(within(beyond(MEASURE_LIMIT_MS), signal)));
  event(effect.seen ? 'info' : 'fail', { id, phase: 'inject', describe, nodes, effect }, error);
  return injection;
}

async function heal(
  options: NemesisOptions,
  { id, fault }: Planned,
  injection: Injection,
  beyond: Beyond,
): Promise<void> {
  const event = eventOf(options, fault);
  event('invoke', { id, phase: 'heal' });
  let failure: unknown;
  for (let attempt = 0; attempt < HEAL_ATTEMPTS; attempt++) {
    try {
      await injection.heal(within(beyond(HEAL_LIMIT_MS)));
      const { effect, error } = await measured(() => injection.recovery(within(beyond(MEASURE_LIMIT_MS))));
      event(effect.seen ? 'info' : 'fail', { id, phase: 'heal', effect }, error);
      return;
    } catch (error) {
      failure = error;
    }
  }
  event('fail', { id, phase: 'heal', effect: NOTHING_SEEN }, failure);
  throw new Error(`${fault} ${injection.describe} could not be healed`, { cause: failure });
}

const NOTHING_SEEN: Effect = { seen: false, measures: [] };

async function measured(measure: () => Promise<Effect>): Promise<{ effect: Effect; error?: unknown }> {
  try {
    return { effect: await measure() };
  } catch (error) {
    return { effect: NOTHING_SEEN, error };
  }
}

function eventOf({ cluster, record }: NemesisOptions, f: string) {
  return (type: HistoryEvent['type'], value: FaultEventValue, error?: unknown) =>
    record({
      process: NEMESIS,
      type,
      f,
      value: value as unknown as Value,
      timeNs: cluster.clock.nowNs(),
      ...(error !== undefined && { error: describe(error) }),
    });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}

/** Sleeps, or returns early at `signal`. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}
