/**
 * The clock fault: bends the time that the processes of single nodes see, though all share the machine's clock.
 *
 * A program asks for the time through the vDSO, a small library of machine code that the kernel maps into every process
 * so that reading a clock needs no system call. We write over it, from outside, through `/proc/PID/mem`: each function
 * that tells the time begins with a jump to a stub of ours, which makes the real system call and bends what it answers.
 * The kernel copies a page of the vDSO for a process at the first such write, so no other process is touched. That
 * reaches what nothing else does: static Go programs, processes that run already, and frozen ones. It takes no ptrace, no
 * preloaded library, no privilege in the container and no tool in its image; a time namespace could move the monotonic
 * clocks only, and setting the machine's clock would move all nodes.
 *
 * What moves are CLOCK_REALTIME, its coarse sister and CLOCK_TAI, as read through clock_gettime, gettimeofday and time. What
 * does not: the monotonic clocks, timers, file times, certificates checked by somebody else, a program that makes the
 * system call by itself, and 32-bit programs. Side effect: a clock read costs a system call, about 1 us against 0.1.
 *
 * Three things keep it honest. The stubs compute the bent time from the true time alone (see `warp.ts`), so what a clock
 * must read can be computed. The bytes are read back from every process of the node; and because bytes prove little, two
 * programs are bent the same way on the same machine, and read (see `reading.ts`). Where the target can tell its own
 * time (an HTTP server does, in its Date header), it is asked too.
 *
 * The files: `elf.ts` reads a vDSO, `x86.ts` and `aarch64.ts` are the stubs, `placement.ts` decides where they go, `mender.ts`
 * runs on the agent and exchanges the bytes, `patch.ts` talks with it, `watch.ts` follows restarts.
 */
import { randomBytes } from 'node:crypto';
import { Problem } from '../../results/index.ts';
import type { Agent, Cluster, Node } from '../../targets/index.ts';
import { defineFault, type Injection } from '../fault.ts';
import { TAG_BYTES } from './encoder.ts';
import { measureEffect, measureRecovery } from './evidence.ts';
import { bend, cureScript, look, restore, survey, type Answer, type Order, type Place } from './patch.ts';
import { place, type Placement } from './placement.ts';
import { chooseBends, clockPlan, describeBend, warpOf, type ClockPlan } from './plan.ts';
import { watchNodes, type Watch } from './watch.ts';

const INJECT_TRIES = 3;
const RESTORE_TRIES = 3;
/** How /proc/PID/mem answers where the kernel demands that the writer trace the process. */
const FORBIDDEN = /Input\/output error|Permission denied|Operation not permitted/;

export const clock = defineFault<ClockPlan>({
  name: 'clock',
  summary: 'bends the clocks of single nodes: offset, drift, strobe',
  needs: ['clock'],
  harms: ['clocks'],
  plan: clockPlan,
  victims: ({ nodes }) => Object.keys(nodes),
  choose: chooseBends,
  inject,
});

async function inject(cluster: Cluster, plan: ClockPlan, signal: AbortSignal): Promise<Injection> {
  const nodes = Object.keys(plan.nodes).map((name) => named(cluster, name));
  const whereabouts = () =>
    Promise.all(nodes.map(async (node) => ({ node: node.name, pid: (await node.state()).pid })));
  for (let attempt = 1; ; attempt++) {
    const places = await whereabouts();
    try {
      return await injectAt(places, nodes, cluster, plan, signal);
    } catch (error) {
      // Another fault may have ended or started one of them in this very moment.
      const moved = (await whereabouts()).some(({ pid }, i) => pid !== places[i]?.pid);
      if (!moved || signal.aborted || attempt === INJECT_TRIES) throw error;
    }
  }
}

async function injectAt(
  places: readonly Place[],
  nodes: readonly Node[],
  cluster: Cluster,
  plan: ClockPlan,
  signal: AbortSignal,
): Promise<Injection> {
  const { agent } = cluster;
  if (agent === undefined) throw new Error('a clock cannot be bent without an agent');
  const { order, reasons } = await orderFor(agent, places, plan);
  signal.throwIfAborted();

  // No signal goes along from here on: a script that is cut short would leave a process stopped. Each ends by itself.
  const withdraw = await agent.cure(cureScript(order));
  try {
    refuse(await bend(agent, places, order), places, reasons);
    signal.throwIfAborted();
  } catch (error) {
    await restoreAll(agent, places, order).catch((left: unknown) => {
      throw new AggregateError([error, left], `${messageOf(left)}; before: ${messageOf(error)}`);
    });
    await withdraw();
    throw error;
  }
  const watch = watchNodes(agent, nodes, places, order);
  const subject = { agent, cluster, plan, nodes, order, watch };
  return {
    describe: Object.entries(plan.nodes)
      .map(([name, asked]) => `${name} ${describeBend(asked)}`)
      .join(', '),
    nodes: nodes.map(({ name }) => name),
    effect: (until) => measureEffect(subject, until),
    async heal() {
      await heal(agent, watch, order);
      await withdraw();
    },
    recovery: (until) => measureRecovery(subject, until),
  };
}

function named(cluster: Cluster, name: string): Node {
  const node = cluster.nodes.find((candidate) => candidate.name === name);
  if (node === undefined)
    throw new Error(`the plan names ${name}; the cluster has ${cluster.nodes.map((n) => n.name).join()}`);
  return node;
}

/** Reads the vDSOs of the nodes' processes and decides which bytes go where; the reasons are why some cannot be bent. */
async function orderFor(
  agent: Agent,
  places: readonly Place[],
  plan: ClockPlan,
): Promise<{ order: Order; reasons: readonly string[] }> {
  const { nowNs, images } = await survey(agent, places);
  const placements: Placement[] = [];
  const reasons: string[] = [];
  for (const image of images) {
    try {
      placements.push(place(image));
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  const warps = new Map(Object.entries(plan.nodes).map(([name, asked]) => [name, warpOf(asked, nowNs)]));
  return { order: { placements, warps, tag: randomBytes(TAG_BYTES) }, reasons };
}

/** Throws if the first process of a node that runs was not bent. */
function refuse({ problems, processes, inits }: Answer, places: readonly Place[], reasons: readonly string[]): void {
  const forbidden = problems.find(({ sentence }) => FORBIDDEN.test(sentence));
  if (forbidden !== undefined) {
    throw new Problem(
      `The kernel forbids writing into ${forbidden.node}'s processes (${forbidden.sentence}), so clocks cannot be bent here.`,
      'Boot it with proc_mem.force_override=always, or leave the clock fault out.',
    );
  }
  for (const { node, pid } of places) {
    const own = processes.find((process) => process.node === node && process.pid === pid);
    const ended = pid === 0 || !inits.has(node);
    const complaints = problems.filter((problem) => problem.node === node).map(({ sentence }) => sentence);
    if ((ended && complaints.length === 0) || own?.state === 'bent' || own?.state === 'kept') continue;
    const why = [...complaints, ...reasons].join('; ') || 'it has no vDSO that could be written over';
    throw new Error(`the clock of ${node} cannot be bent: ${why}`);
  }
}

async function heal(agent: Agent, watch: Watch, order: Order): Promise<void> {
  await watch.stop();
  await restoreAll(agent, watch.places(), order);
}

/** A process that forks in the very moment is met by the next round. */
async function restoreAll(agent: Agent, places: readonly Place[], order: Order): Promise<void> {
  let complaint = '';
  for (let round = 0; round < RESTORE_TRIES; round++) {
    const { restored, problems } = await restore(agent, order);
    const bent = (await look(agent, places, order)).processes.filter(({ state }) => state === 'kept');
    const left = restored.filter(({ outcome }) => outcome === 'left');
    if (bent.length === 0 && left.length === 0) return;
    complaint = [...problems.map(({ sentence }) => sentence), ...bent.map(({ program }) => `${program} is bent`)].join(
      '; ',
    );
  }
  throw new Error(`clocks could not be restored: ${complaint}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
