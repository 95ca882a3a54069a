/**
 * Packets come late, out of order, not at all, twice, damaged, or too few at a time.
 *
 * A damaged packet has one bit turned over between its sender's checksum and its receiver's, as by the memory of a switch.
 * The receiver's kernel drops it then, so TCP sends it again and UDP has lost it; only UDP without checksums delivers it.
 *
 * Beacons measure it: their own packets are harmed like all others of the link, and they go without checksums, so that
 * what was damaged is seen and not taken for a loss. Where the rate is limited they are more than the link carries by
 * themselves, so a plan cannot ask for more than they can fill.
 */
import { z } from 'zod';
import { Problem, within, type Effect, type Measure } from '../results/index.ts';
import type { Arrival, Beacon, Cluster, Impairment, Link } from '../targets/index.ts';
import type { Random } from '../workloads/index.ts';
import { defineFault } from './fault.ts';
import { follow } from './follow.ts';
import { dead, nameOf } from './link-evidence.ts';
import { claim } from './link-harm.ts';
import { pairsOf } from './topology.ts';
import { watch } from './watch.ts';

/** Some 26 kB/s are what a beacon sends on a link. */
const MAX_BYTES_PER_SECOND = 16_000;

const Plan = z.object({
  links: z.array(z.tuple([z.string(), z.string()])).min(1),
  how: z.strictObject({
    delayMs: z.number().min(5).max(5_000).optional(),
    jitterMs: z.number().positive().optional(),
    loss: z.number().min(0.01).max(1).optional(),
    duplicate: z.number().min(0.01).max(1).optional(),
    corrupt: z.number().min(0.01).max(1).optional(),
    bytesPerSecond: z.number().min(500).max(MAX_BYTES_PER_SECOND).optional(),
  }),
});
type Plan = z.infer<typeof Plan>;

export default defineFault<Plan>({
  name: 'packets',
  summary: 'delays, reorders, loses, duplicates and corrupts packets, or limits their rate',
  needs: ['packets'],
  harms: ['network'],
  plan: Plan,
  choose: (nodes, random) => ({ links: chooseLinks(nodes, random), how: chooseHow(random) }),
  async inject(cluster, plan, signal) {
    const links = plan.links.map(([from, to]) => ({ from, to }));
    const how = Object.fromEntries(Object.entries(plan.how).filter(([, value]) => value !== undefined)) as Impairment;
    const { network } = cluster;
    const impair = network.impair?.bind(network);
    if (impair === undefined) throw new Problem('Packets cannot be harmed here.', 'See `ordeal doctor`.');
    signal.throwIfAborted();
    const impaired = await impairFollowing(cluster, links, (some) => impair(some, how));
    const release = claim(network, links);
    const measure = (until: AbortSignal, find: (arrival: Arrival) => Finding) => measured(cluster, links, find, until);
    return {
      describe: `${describeHow(how)} on ${describeLinks(cluster, plan)}`,
      nodes: [...new Set(plan.links.flat())],
      effect: (until) => measure(until, (arrival) => impairment(arrival, how)),
      async heal() {
        await impaired[Symbol.asyncDispose]();
        release();
      },
      recovery: (until) => measure(until, (arrival) => health(arrival, how)),
    };
  },
});

function chooseLinks(nodes: readonly string[], random: Random): Plan['links'] {
  const one = random.pick(nodes);
  const all = pairsOf(nodes);
  const some = random.pick([all, all.filter(({ from, to }) => from === one || to === one), [random.pick(all)]]);
  return some.map(({ from, to }) => [from, to]);
}

function chooseHow(random: Random): Plan['how'] {
  const delayMs = random.pick([10, 50, 200, 1_000]);
  return random.pick([
    { delayMs },
    { delayMs, jitterMs: delayMs / 2 },
    { loss: random.pick([0.05, 0.2, 0.5]) },
    { duplicate: random.pick([0.05, 0.2, 0.5]) },
    { corrupt: random.pick([0.05, 0.2, 0.5]) },
    { bytesPerSecond: random.pick([2_000, 8_000, 16_000]) },
  ]);
}

const ATTEMPTS = 5;

/** Receivers that do not run, or are started anew, are impaired once they run. */
async function impairFollowing(
  { nodes }: Cluster,
  links: readonly Link[],
  impair: (some: readonly Link[]) => Promise<AsyncDisposable>,
): Promise<AsyncDisposable> {
  const receivers = nodes.filter(({ name }) => links.some(({ to }) => to === name));
  const impaired = new Set<AsyncDisposable>();
  const runs = async () =>
    new Map(await Promise.all(receivers.map(async (node) => [node.name, (await node.state()).pid] as const)));
  let known = await runs();
  let attempts = 0;
  for (;;) {
    const running = links.filter(({ to }) => known.get(to) !== 0);
    try {
      if (running.length > 0) impaired.add(await impair(running));
      break;
    } catch (error) {
      // Another fault may have ended or started a receiver in the middle of it.
      const now = await runs();
      if (receivers.every(({ name }) => now.get(name) === known.get(name)) || ++attempts === ATTEMPTS) throw error;
      known = now;
    }
  }
  const following = follow(receivers, known, async ({ name }) => {
    impaired.add(await impair(links.filter(({ to }) => to === name)));
  });
  return {
    async [Symbol.asyncDispose]() {
      await following.stop();
      await Promise.all(
        [...impaired].map(async (one) => {
          await one[Symbol.asyncDispose]();
          impaired.delete(one);
        }),
      );
    },
  };
}

type Finding = Pick<Measure, 'what' | 'seen'>;

/** Fewer packets than this prove nothing. */
const ENOUGH = 100;

/** A beacon that has not shown it by then may miss nodes that were started since, or be flooded with old packets. */
const REOPEN_AFTER_MS = 3_000;

/** Measures with packets that are all sent after the call. */
async function measured(
  cluster: Cluster,
  links: readonly Link[],
  find: (arrival: Arrival) => Finding,
  signal: AbortSignal,
): Promise<Effect> {
  const { network, clock, nodes } = cluster;
  const names = new Set(links.map(nameOf));
  const every = pairsOf(nodes.map(({ name }) => name));
  const runs = async () => (await Promise.all(nodes.map((node) => node.state()))).map(({ pid }) => pid).join();
  for (;;) {
    const startNs = clock.nowNs();
    const before = await runs();
    await using beacon: Beacon = await network.beacon(every, signal);
    const effect = await watch(
      async () => {
        const arrivals = (await beacon.read()).filter(({ link }) => names.has(nameOf(link)));
        return judge(arrivals, links, find, startNs, clock.nowNs());
      },
      within(REOPEN_AFTER_MS, signal),
      50,
    );
    // Of a node that was ended or started since, an open beacon tells nothing but silence.
    const certain = before === (await runs());
    if (signal.aborted) return { ...effect, seen: effect.seen && certain };
    if (effect.seen && certain) return effect;
  }
}

/** Links whose ends do not run show nothing, and nothing is demanded of them, as long as there are others. */
function judge(
  arrivals: readonly Arrival[],
  links: readonly Link[],
  find: (arrival: Arrival) => Finding,
  startNs: number,
  nowNs: number,
): Effect {
  const measures = arrivals.map((arrival): Measure => {
    const { what, seen } = find(arrival);
    const certain = seen && arrival.sent >= ENOUGH;
    return { where: nameOf(arrival.link), what, seen: certain, ...(certain && { firstNs: startNs, lastNs: nowNs }) };
  });
  return {
    seen: measures.length > 0 && measures.every(({ seen }) => seen),
    measures: [...measures, ...dead(arrivals, links)],
  };
}

/** Half of the asked counts as seen: a sample of packets scatters, but not that far. */
function impairment(arrival: Arrival, how: Impairment): Finding {
  const { received, delayNs, duplicates, altered } = arrival;
  const sent = Math.max(1, arrival.sent);
  const delayMs = (delayNs ?? 0) / 1e6;
  const lost = 1 - received / sent;
  const seen = [
    how.delayMs === undefined || (received > 0 && delayMs > how.delayMs / 2),
    how.loss === undefined || lost > how.loss / 2,
    // A packet that was lost as well, or whose addresses were hit, does not show it.
    how.duplicate === undefined || duplicates / Math.max(1, received) > how.duplicate / 2,
    how.corrupt === undefined || altered / sent > (how.corrupt * (1 - (how.loss ?? 0))) / 2,
    // A link that is asked for more than it carries gets behind, and then loses what it cannot keep.
    how.bytesPerSecond === undefined || delayMs > 20 || lost > 0.2,
  ];
  return { what: describeArrivals(arrival), seen: !seen.includes(false) };
}

/** Nothing else doubles or damages packets between two nodes of one machine. */
function health(arrival: Arrival, how: Impairment): Finding {
  const { sent, received, delayNs, duplicates, altered } = arrival;
  const delayMs = (delayNs ?? Infinity) / 1e6;
  const soon = delayMs < Math.max(4, (how.delayMs ?? 40) / 4);
  const whole = received >= 0.99 * sent && duplicates === 0 && altered === 0;
  return { what: describeArrivals(arrival), seen: soon && whole };
}

function describeArrivals({ sent, received, delayNs, duplicates, altered }: Arrival): string {
  const more = [
    ...(delayNs === null ? [] : [`after ${(delayNs / 1e6).toFixed(1)} ms`]),
    ...(duplicates === 0 ? [] : [`${duplicates} of them twice`]),
    ...(altered === 0 ? [] : [`and ${altered} damaged`]),
  ];
  return [`${received} of ${sent} packets arrived`, ...more].join(', ');
}

function describeHow({ delayMs, jitterMs, loss, duplicate, corrupt, bytesPerSecond }: Impairment): string {
  const percent = (what: string, part: number | undefined) =>
    part === undefined ? [] : [`${what} ${(100 * part).toFixed(0)} %`];
  const delay = delayMs === undefined ? [] : [`delay ${delayMs}${jitterMs === undefined ? '' : ` ± ${jitterMs}`} ms`];
  const parts = [...percent('loss', loss), ...percent('duplicate', duplicate), ...percent('corrupt', corrupt)];
  const rate = bytesPerSecond === undefined ? [] : [`${bytesPerSecond / 1000} kB/s`];
  return [...delay, ...parts, ...rate].join(', ');
}

/** `all links`, `all links of n2`, or the links by name. */
function describeLinks({ nodes }: Cluster, { links }: Plan): string {
  if (links.length === nodes.length * (nodes.length - 1)) return 'all links';
  const common = nodes.find(({ name }) => links.every((link) => link.includes(name)));
  if (common !== undefined && links.length === 2 * (nodes.length - 1)) return `all links of ${common.name}`;
  return links.map(([from, to]) => `${from} → ${to}`).join(', ');
}
