/**
 * The proof that a clock is bent, and that it is true again.
 *
 * Two kinds of evidence, for each is blind where the other sees: the bytes, read back from every process of the node,
 * and readings, of probes that were bent with the same bytes and, where the target can tell its own time, of the target.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect, Measure } from '../../results/index.ts';
import type { Agent, Cluster, Node } from '../../targets/index.ts';
import { look, probe, type Answer, type Order, type Place, type Reading } from './patch.ts';
import { seconds, type ClockPlan } from './plan.ts';
import { judge } from './reading.ts';
import { bentNs, slotAt, type Warp } from './warp.ts';
import type { Watch } from './watch.ts';

/** Reads a node's own clock; undefined where this node has none that can be read. Rejects where it does not answer. */
export type OwnClock = (node: Node, signal: AbortSignal) => Promise<OwnReading | undefined>;

export interface OwnReading {
  /** What the node told, and the true time then; ms since 1970. */
  readonly nodeMs: number;
  readonly trueMs: number;
  /** How far off `nodeMs - trueMs` may be. */
  readonly errorMs: number;
}

export interface Subject {
  readonly agent: Agent;
  readonly cluster: Cluster;
  readonly plan: ClockPlan;
  readonly nodes: readonly Node[];
  readonly order: Order;
  readonly watch: Watch;
  readonly ownClock: OwnClock | undefined;
}

const READINGS_PER_ROUND = 5;
const POLL_MS = 50;

/** Waits until the harm shows on every node that runs, at most until `signal`; a node that is down is bent when it starts. */
export async function measureEffect(subject: Subject, signal: AbortSignal): Promise<Effect> {
  const readings = new Map<string, Reading[]>();
  const first = new Map<string, number>();
  for (;;) {
    const answer = await subject.watch.round();
    const running = subject.watch.places().filter(({ pid }) => pid > 0);
    const probed = await probe(
      subject.agent,
      running.map(({ node }) => node),
      subject.order,
      READINGS_PER_ROUND,
    );
    for (const { node } of running) {
      const fresh = probed.readings.filter((reading) => reading.node === node);
      readings.set(node, [...(readings.get(node) ?? []), ...fresh]);
    }
    const problems = [...answer.problems, ...probed.problems];
    const measures = await Promise.all(
      subject.watch.places().map(async (place) => {
        const measure = await effectOn(subject, place, { ...answer, problems }, readings.get(place.node) ?? [], signal);
        if (!measure.seen) return measure;
        const lastNs = subject.cluster.clock.nowNs();
        if (!first.has(place.node)) first.set(place.node, lastNs);
        return { ...measure, firstNs: first.get(place.node) ?? lastNs, lastNs };
      }),
    );
    const due = measures.filter(({ where }) => running.some(({ node }) => node === where));
    const seen = due.length > 0 && due.every((measure) => measure.seen);
    if (seen || signal.aborted) return { seen, measures };
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function effectOn(
  { nodes, order, watch, ownClock }: Subject,
  { node: where, pid }: Place,
  { processes, problems }: Answer,
  readings: readonly Reading[],
  signal: AbortSignal,
): Promise<Measure> {
  if (pid === 0) return { where, what: 'does not run; its clock is bent when it starts', seen: false };
  const warp = order.warps.get(where);
  if (warp === undefined) throw new Error(`no warp for ${where}`);
  const own = processes.filter((process) => process.node === where);
  const bent = own.filter(({ state }) => state === 'bent' || state === 'kept');
  const judged = judge(warp, readings);
  const told = await tell(ownClock, nodes, where, warp, signal);
  const unmoved = own.filter(({ state }) => state === 'other' || state === 'true').map(({ program }) => program);
  const again = watch.again.get(where) ?? 0;
  return {
    where,
    what: [
      `clock ${seconds(judged.offsetS)}, read by a probe`,
      `${count(bent.length, 'process', 'processes')} bent and read back (${[...new Set(bent.map(({ program }) => program))].join(', ')})`,
      ...(again > 0 ? [`${again} of them after exec or restart`] : []),
      ...(unmoved.length > 0 ? [`not moved: ${unmoved.join(', ')}`] : []),
      ...(told === undefined ? [] : [told.what]),
      ...(judged.complaint === '' ? [] : [judged.complaint]),
      ...problems.filter(({ node }) => node === where).map(({ sentence }) => sentence),
      ...(watch.failure() === undefined ? [] : [`new processes are not watched: ${String(watch.failure()?.message)}`]),
      'raw system calls and file times are not moved, a clock read costs a system call',
    ].join('; '),
    seen: judged.seen && bent.some((process) => process.pid === pid) && told?.agrees !== false,
  };
}

/** What the node says by its own clock, and whether that is the bent time; undefined where it cannot say. */
async function tell(
  ownClock: OwnClock | undefined,
  nodes: readonly Node[],
  name: string,
  warp: Warp | undefined,
  signal: AbortSignal,
): Promise<{ what: string; agrees: boolean } | undefined> {
  const node = nodes.find((candidate) => candidate.name === name);
  if (ownClock === undefined || node === undefined) return undefined;
  try {
    const reading = await ownClock(node, signal);
    if (reading === undefined) return undefined;
    const { nodeMs, trueMs, errorMs } = reading;
    const trueNs = BigInt(Math.round(trueMs * 1e6));
    const slots = warp === undefined ? [undefined] : warp.halfPeriodNs > 0n ? warp.slots : [slotAt(warp, trueNs)];
    const agrees = slots.some((slot) => {
      const expectedMs = warp === undefined ? trueMs : Number(bentNs(warp, trueNs, slot)) / 1e6;
      return Math.abs(nodeMs - expectedMs) <= errorMs;
    });
    return { what: `its own clock reads ${seconds((nodeMs - trueMs) / 1000)} (within ${errorMs} ms)`, agrees };
  } catch (error) {
    // A node that is paused or cut off does not answer: that says nothing about its clock.
    return {
      what: `its own clock could not be asked (${error instanceof Error ? error.message : String(error)})`,
      agrees: true,
    };
  }
}

/** Waits until every process of every node has its own bytes again, at most until `signal`. */
export async function measureRecovery(subject: Subject, signal: AbortSignal): Promise<Effect> {
  for (;;) {
    const places = await Promise.all(
      subject.nodes.map(async (node) => ({ node: node.name, pid: (await node.state()).pid })),
    );
    const answer = await look(subject.agent, places, subject.order);
    const measures = await Promise.all(places.map((place) => recoveryOn(subject, place, answer, signal)));
    const seen = measures.every((measure) => measure.seen);
    if (seen || signal.aborted) return { seen, measures };
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function recoveryOn(
  { nodes, cluster, ownClock }: Subject,
  { node: where, pid }: Place,
  { processes }: Answer,
  signal: AbortSignal,
): Promise<Measure> {
  const measure = (what: string, seen: boolean): Measure =>
    seen ? { where, what, seen, firstNs: cluster.clock.nowNs() } : { where, what, seen };
  if (pid === 0) return measure('does not run; a new process starts with a true clock', true);
  const own = processes.filter((process) => process.node === where);
  const bent = own.filter(({ state }) => state === 'kept');
  if (bent.length > 0) return measure(`clock still bent: ${bent.map(({ program }) => program).join(', ')}`, false);
  const idle = own.filter(({ state }) => state === 'other');
  const told = await tell(ownClock, nodes, where, undefined, signal);
  const what = [
    `clock true: ${count(own.length, 'process has', 'processes have')} the kernel's own bytes`,
    ...(idle.length > 0
      ? [`${idle.map(({ program }) => program).join(', ')} other bytes, none of which tell the time`]
      : []),
    ...(told === undefined ? [] : [told.what]),
  ].join('; ');
  return measure(what, told?.agrees !== false);
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
