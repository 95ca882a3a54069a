/**
 * The proof that a clock is bent, and that it is true again.
 *
 * Two kinds of evidence, for each is blind where the other sees: the bytes, read back from every process of the node,
 * and readings, of probes that were bent with the same bytes and, where the target can tell its own time, of the target.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect, Measure } from '../../results/index.ts';
import type { Agent, Cluster, Node } from '../../targets/index.ts';
import { ask, contradicts, type Testimony } from './own-clock.ts';
import { look, probe, type Answer, type Order, type Place, type ProcessState, type Reading } from './patch.ts';
import { seconds, type ClockPlan } from './plan.ts';
import { judge } from './reading.ts';
import { offsetWarp } from './warp.ts';
import type { Watch } from './watch.ts';

export interface Subject {
  readonly agent: Agent;
  readonly cluster: Cluster;
  readonly plan: ClockPlan;
  readonly nodes: readonly Node[];
  readonly order: Order;
  readonly watch: Watch;
}

const READINGS_PER_ROUND = 5;
const POLL_MS = 50;
const TRUE_TIME = offsetWarp(0n);

/** What was found out about a node so far. */
interface Findings {
  readings: readonly Reading[];
  testimony: Testimony;
  firstNs?: number;
}

/** Waits until the harm shows on every node that runs, at most until `signal`; a node that is down is bent when it starts. */
export async function measureEffect(subject: Subject, signal: AbortSignal): Promise<Effect> {
  const findings = new Map<string, Findings>(
    subject.nodes.map(({ name }) => [name, { readings: [], testimony: {} }] as const),
  );
  for (;;) {
    const answer = await subject.watch.round();
    const places = subject.watch.places();
    const running = places.filter(({ pid }) => pid > 0).map(({ node }) => node);
    const probed = await probe(subject.agent, running, subject.order, READINGS_PER_ROUND);
    const problems = [...answer.problems, ...probed.problems];
    const measures = await Promise.all(
      places.map(async (place) => {
        const found = findings.get(place.node);
        if (found === undefined) throw new Error(`${place.node} is none of ${[...findings.keys()].join()}`);
        found.readings = [...found.readings, ...probed.readings.filter(({ node }) => node === place.node)];
        return effectOn(subject, place, { ...answer, problems }, found, signal);
      }),
    );
    const seen = running.length > 0 && measures.every((measure) => measure.seen || !running.includes(measure.where));
    if (seen || signal.aborted) return { seen, measures };
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function effectOn(
  { nodes, cluster, order, watch }: Subject,
  { node: where, pid }: Place,
  { processes, problems }: Answer,
  found: Findings,
  signal: AbortSignal,
): Promise<Measure> {
  if (pid === 0) return { where, what: 'does not run; its clock is bent when it starts', seen: false };
  const warp = order.warps.get(where);
  if (warp === undefined) throw new Error(`no warp for ${where}`);
  const own = processes.filter((process) => process.node === where);
  const bent = own.filter(({ state }) => state === 'bent' || state === 'kept');
  const unmoved = own.filter(({ state }) => state === 'other' || state === 'true').map(({ program }) => program);
  const judged = judge(warp, found.readings);
  // A second goes by until it has told its time: it is asked once the rest is as it should be.
  if (judged.seen) {
    found.testimony = await ask(cluster, nodeOf(nodes, where), found.testimony, signal);
  }
  const again = watch.again.get(where) ?? 0;
  const failure = watch.failure();
  const what = [
    `clock ${seconds(judged.offsetS)}, read by a probe`,
    `${count(bent.length, 'process', 'processes')} bent and read back (${programs(bent)})`,
    ...(again > 0 ? [`${again} bent after exec or restart`] : []),
    ...(unmoved.length > 0 ? [`not moved: ${unmoved.join(', ')}`] : []),
    ...quote(found.testimony),
    ...(judged.complaint === '' ? [] : [judged.complaint]),
    ...problems.filter(({ node }) => node === where).map(({ sentence }) => sentence),
    ...(failure === undefined ? [] : [`new processes are not watched: ${failure.message}`]),
    'raw system calls and file times are not moved, a clock read costs a system call',
  ].join('; ');
  const seen = judged.seen && bent.some((process) => process.pid === pid) && !contradicts(warp, found.testimony);
  if (!seen) return { where, what, seen };
  const lastNs = cluster.clock.nowNs();
  found.firstNs ??= lastNs;
  return { where, what, seen, firstNs: found.firstNs, lastNs };
}

/** In words: `its own clock reads +60.000 s (within 8 ms)`. */
function quote({ reading, silence }: Testimony): string[] {
  const off = reading === undefined ? '' : seconds((reading.nodeMs - reading.trueMs) / 1000);
  return [
    ...(reading === undefined ? [] : [`its own clock reads ${off} (within ${reading.errorMs} ms)`]),
    ...(silence === undefined ? [] : [`its own clock could not be asked (${silence})`]),
  ];
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
  { nodes, cluster }: Subject,
  { node: where, pid }: Place,
  { processes }: Answer,
  signal: AbortSignal,
): Promise<Measure> {
  if (pid === 0) return { where, what: 'does not run; a new process starts with a true clock', seen: true };
  const own = processes.filter((process) => process.node === where);
  const bent = own.filter(({ state }) => state === 'kept');
  if (bent.length > 0) return { where, what: `clock still bent: ${programs(bent)}`, seen: false };
  const idle = own.filter(({ state }) => state === 'other');
  const testimony = await ask(cluster, nodeOf(nodes, where), undefined, signal);
  const what = [
    `clock true: ${count(own.length - idle.length, 'process has', 'processes have')} the kernel's own bytes`,
    ...(idle.length > 0 ? [`other bytes, of which none tells the time, in ${programs(idle)}`] : []),
    ...quote(testimony),
  ].join('; ');
  if (contradicts(TRUE_TIME, testimony)) return { where, what, seen: false };
  return { where, what, seen: true, firstNs: cluster.clock.nowNs() };
}

function nodeOf(nodes: readonly Node[], name: string): Node {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`no node ${name} among ${nodes.map((each) => each.name).join()}`);
  return node;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function programs(processes: readonly ProcessState[]): string {
  return [...new Set(processes.map(({ program }) => program))].join(', ');
}
