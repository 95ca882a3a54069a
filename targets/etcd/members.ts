/**
 * etcd's members: who belongs to the cluster, and how one leaves and another joins.
 *
 * A change is asked of the other members, one after the other, until one has made it; etcd refuses while it finds the
 * cluster unhealthy, so it is asked again. Whether it was made is read from the list of members, since an answer may be
 * lost. https://etcd.io/docs/v3.4/op-guide/runtime-configuration/
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { within } from '../../results/index.ts';
import type { Endpoint, Node } from '../cluster.ts';
import { openGateway } from './gateway.ts';

export interface Member {
  /** 64 bits, as a decimal string. */
  readonly id: string;
  /** Empty until it was started. */
  readonly name: string;
  readonly peerUrl: string;
}

const List = z.object({
  members: z
    .array(z.object({ ID: z.string(), name: z.string().default(''), peerURLs: z.array(z.string()).default([]) }))
    .default([]),
});

const ASK_MS = 2000;
const PAUSE_MS = 200;

/** As that member sees them. */
export async function memberList(at: Endpoint, signal: AbortSignal): Promise<Member[]> {
  const { members } = await call(at, '/v3/cluster/member/list', {}, signal);
  return members.map(({ ID, name, peerURLs }) => ({ id: ID, name, peerUrl: peerURLs[0] ?? '' }));
}

/** Resolves once the others have no member with that peer URL. */
export async function removeMember(
  peerUrl: string,
  others: readonly Node[],
  port: number,
  signal: AbortSignal,
): Promise<void> {
  await untilMade(others, port, signal, async (at, limit) => {
    const member = (await memberList(at, limit)).find((each) => each.peerUrl === peerUrl);
    if (member === undefined) return true;
    await call(at, '/v3/cluster/member/remove', { ID: member.id }, limit);
    return (await memberList(at, limit)).every(({ id }) => id !== member.id);
  });
}

/** Resolves once the others have such a member, with all members as they are then. */
export async function addMember(
  peerUrl: string,
  others: readonly Node[],
  port: number,
  signal: AbortSignal,
): Promise<Member[]> {
  let members: Member[] = [];
  await untilMade(others, port, signal, async (at, limit) => {
    const isThere = () => members.some((each) => each.peerUrl === peerUrl);
    members = await memberList(at, limit);
    if (isThere()) return true;
    await call(at, '/v3/cluster/member/add', { peerURLs: [peerUrl] }, limit);
    members = await memberList(at, limit);
    return isThere();
  });
  return members;
}

/** Asks one node after the other until one says that it is so; rejects at `signal` with the last refusal. */
async function untilMade(
  nodes: readonly Node[],
  port: number,
  signal: AbortSignal,
  ask: (at: Endpoint, limit: AbortSignal) => Promise<boolean>,
): Promise<void> {
  let refusal: unknown = new Error('there is no other member');
  for (let attempt = 0; !signal.aborted && nodes.length > 0; attempt++) {
    const node = nodes[attempt % nodes.length];
    try {
      const limit = within(ASK_MS, signal);
      if (node !== undefined && (await ask(node.endpoint(port), limit))) return;
    } catch (error) {
      refusal = error;
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new Error(
    `etcd's members were not changed: ${refusal instanceof Error ? refusal.message : JSON.stringify(refusal)}`,
    { cause: refusal },
  );
}

async function call(at: Endpoint, path: string, body: unknown, signal: AbortSignal) {
  const gateway = openGateway(at);
  try {
    return await gateway.call(path, body, List, signal);
  } finally {
    await gateway.close();
  }
}
