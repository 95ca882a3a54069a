/**
 * A node joins that was not there before, and leaves again: the cluster is larger for a while, and so is its majority.
 *
 * The guest is seen by the others, in their lists of members, and shows itself: it serves, and knows that it is a member.
 */
import { z } from 'zod';
import { within, type Effect } from '../results/index.ts';
import type { Cluster, Membership, Node } from '../targets/index.ts';
import { defineFault } from './fault.ts';
import { ASK_MS, EVERY_MS, membershipOf, views, whenServing } from './membership.ts';
import { byNumber } from './topology.ts';
import { watch } from './watch.ts';

export default defineFault<Record<string, never>>({
  name: 'grow',
  summary: 'adds a node to the cluster; it leaves again later',
  needs: ['membership'],
  harms: ['membership', 'processes'],
  plan: z.strictObject({}),
  choose: () => ({}),
  async inject(cluster, _plan, signal) {
    const membership = membershipOf(cluster);
    const guest = await membership.grow(signal);
    const absent = (until: AbortSignal) => views(cluster, membership, [guest], until, (found) => found === undefined);
    return {
      describe: `${guest.name} joined`,
      nodes: [guest.name],
      effect: (until) => watch(() => presence(cluster, membership, guest, until), until, EVERY_MS),
      heal: (until) => membership.dismiss(guest, until),
      async recovery(until) {
        return whenServing(cluster, await watch(() => absent(until), until, EVERY_MS), until);
      },
    };
  },
});

/** What the others say of a guest, and what it says and does itself. */
async function presence(cluster: Cluster, membership: Membership, guest: Node, signal: AbortSignal): Promise<Effect> {
  const told = await views(cluster, membership, [guest], signal, (found) => found !== undefined);
  const limit = within(ASK_MS, signal);
  const own = await membership.ready(guest, limit).then(
    async () => ({ what: 'serves', members: await membership.members(guest, limit) }),
    (error: unknown) => ({ what: error instanceof Error ? error.message : String(error), members: null }),
  );
  const known = own.members === null ? '' : `, and lists ${[...own.members.keys()].toSorted(byNumber).join()}`;
  const seen = own.members?.has(guest.name) === true;
  const nowNs = cluster.clock.nowNs();
  const itself = { where: guest.name, what: `itself ${own.what}${known}`, seen };
  return {
    seen: told.seen && seen,
    measures: [...told.measures, { ...itself, ...(seen && { firstNs: nowNs, lastNs: nowNs }) }],
  };
}
