/**
 * Members leave and join while the system runs.
 *
 * `shrink` takes nodes out and ends them; its healing lets them join again, one after the other, as new members with empty
 * volumes. `replace` does both at once, as for a machine that was lost with its disk. Only a minority of the nodes that
 * would be left ever goes, so a majority of members serves throughout.
 */
import { Problem, within, type Effect, type Measure } from '../results/index.ts';
import type { Cluster, Membership, Node } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { chooseVictims, Victims, victimsOf } from './victims.ts';
import { watch } from './watch.ts';

export const EVERY_MS = 50;
/** How long a node that is asked about the members may take. */
export const ASK_MS = 1000;

export const shrink = defineFault<Victims>({
  name: 'shrink',
  summary: 'takes nodes out of the cluster; they join again later with empty disks',
  needs: ['membership'],
  harms: ['membership', 'processes'],
  plan: Victims,
  choose: (nodes, random) => chooseVictims(nodes, nodes.length < 5 ? ['one'] : ['one', 'minority'], random),
  async inject(cluster, plan, signal) {
    const { membership, nodes } = prepared(cluster, plan);
    const before = await identities(membership, cluster.nodes, signal);
    const heal = async (until: AbortSignal) => {
      for (const node of nodes) await membership.add(node, until);
    };
    try {
      for (const node of nodes) await membership.remove(node, signal);
    } catch (error) {
      await heal(AbortSignal.timeout(UNDO_MS));
      throw error;
    }
    return {
      describe: `${plan.nodes.join()} left`,
      nodes: plan.nodes,
      effect: (until) => watch(() => views(cluster, membership, nodes, until, (found) => !found), until, EVERY_MS),
      heal,
      recovery: (until) => recovered(cluster, membership, nodes, before, until),
    };
  },
});

export const replace = defineFault<Victims>({
  name: 'replace',
  summary: 'replaces a node by one with empty disks, which joins as a new member',
  needs: ['membership'],
  harms: ['membership', 'processes'],
  plan: Victims,
  choose: (nodes, random) => chooseVictims(nodes, ['one'], random),
  async inject(cluster, plan, signal) {
    const { membership, nodes } = prepared(cluster, plan);
    const before = await identities(membership, cluster.nodes, signal);
    const heal = async (until: AbortSignal) => {
      for (const node of nodes) await membership.add(node, until);
    };
    try {
      for (const node of nodes) await rejoin(membership, node, signal);
    } catch (error) {
      await heal(AbortSignal.timeout(UNDO_MS));
      throw error;
    }
    const isNew = (found: string | undefined, { name }: Node) => found !== undefined && found !== before.get(name);
    return {
      describe: `${plan.nodes.join()} by a new member`,
      nodes: plan.nodes,
      effect: (until) => watch(() => views(cluster, membership, nodes, until, isNew), until, EVERY_MS),
      heal,
      recovery: (until) => recovered(cluster, membership, nodes, before, until),
    };
  },
});

/** What an injection that failed had begun is undone within this time. */
const UNDO_MS = 10_000;

/** Takes a node out and lets it join again, with empty volumes. */
export async function rejoin(membership: Membership, node: Node, signal: AbortSignal): Promise<void> {
  await membership.remove(node, signal);
  await membership.add(node, signal);
}

export function membershipOf({ membership }: Cluster): Membership {
  if (membership === undefined)
    throw new Problem('This target cannot add and remove nodes.', 'Choose other faults, or a target that can.');
  return membership;
}

function prepared(cluster: Cluster, plan: Victims): { membership: Membership; nodes: Node[] } {
  const membership = membershipOf(cluster);
  // Each that goes makes the cluster smaller: of those that are left in the end, none may be needed by all the others.
  if (plan.nodes.length > 1 && 2 * plan.nodes.length >= cluster.nodes.length)
    throw new Problem(
      `${plan.nodes.length} of ${cluster.nodes.length} nodes are no minority.`,
      'Take fewer of them out.',
    );
  return { membership, nodes: victimsOf(cluster, plan) };
}

/** As the first node that answers sees them. */
export async function identities(
  membership: Membership,
  nodes: readonly Node[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const asked = nodes.map((node) => membership.members(node, within(ASK_MS, signal)));
  return Promise.any(asked);
}

/** What the other nodes say of the victims; seen where at least a majority of them answers, and all say what is expected. */
export async function views(
  cluster: Cluster,
  membership: Membership,
  victims: readonly Node[],
  signal: AbortSignal,
  expected: (found: string | undefined, victim: Node) => boolean,
): Promise<Effect> {
  const others = cluster.nodes.filter((node) => !victims.includes(node));
  const limit = within(ASK_MS, signal);
  const answers = await Promise.all(
    others.map((other) =>
      membership.members(other, limit).then(
        (members) => ({ members }),
        () => null,
      ),
    ),
  );
  const heard = answers.filter((answer) => answer !== null);
  const nowNs = cluster.clock.nowNs();
  const measures = victims.map((victim): Measure => {
    const found = heard.map(({ members }) => members.get(victim.name));
    const agree = found.filter((each) => expected(each, victim)).length;
    const seen = agree === heard.length && 2 * agree > others.length;
    const known = [...new Set(found.map((each) => each ?? 'no member'))].join(' or ');
    const what = `${agree} of ${others.length} other nodes: ${known === '' ? 'no answer' : known}`;
    return { where: victim.name, what, seen, ...(seen && { firstNs: nowNs, lastNs: nowNs }) };
  });
  return { seen: measures.every(({ seen }) => seen), measures };
}

/** The victims are members again, under another identity than before, and the cluster serves. */
export async function recovered(
  cluster: Cluster,
  membership: Membership,
  victims: readonly Node[],
  before: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Effect> {
  const effect = await watch(
    () =>
      views(
        cluster,
        membership,
        victims,
        signal,
        (found, { name }) => found !== undefined && found !== before.get(name),
      ),
    signal,
    EVERY_MS,
  );
  return whenServing(cluster, effect, signal);
}

/** `effect`, if the cluster serves. */
export async function whenServing(cluster: Cluster, effect: Effect, signal: AbortSignal): Promise<Effect> {
  if (!effect.seen) return effect;
  try {
    await cluster.ready(signal);
    return effect;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { seen: false, measures: [...effect.measures, { where: 'cluster', what, seen: false }] };
  }
}
