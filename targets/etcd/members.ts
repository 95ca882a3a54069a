/**
 * etcd's members: who belongs to the cluster, and how one leaves and another joins.
 *
 * A change is asked of the other members, one after the other, until it is made; etcd refuses while it finds the cluster
 * unhealthy, or has seen a connection of 5 s at most, so it is asked again. Whether it was made is read from the lists of
 * members, since an answer may be lost: from those of all the others, since one that lags behind neither knows of what is
 * new, nor lets a node join that it does not know. https://etcd.io/docs/v3.4/op-guide/runtime-configuration/
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

const ASK_MS = 1000;
const CHANGE_MS = 2000;
const PAUSE_MS = 200;

/** As that member sees them. */
export async function memberList(at: Endpoint, signal: AbortSignal): Promise<Member[]> {
  const { members } = await call(at, '/v3/cluster/member/list', {}, signal);
  return members.map(({ ID, name, peerURLs }) => ({ id: ID, name, peerUrl: peerURLs[0] ?? '' }));
}

/** Resolves once none of the others has a member with that peer URL. */
export async function removeMember(
  peerUrl: string,
  others: readonly Node[],
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const found = (members: readonly Member[]) => members.find((each) => each.peerUrl === peerUrl);
  await untilMade(others, port, signal, {
    made: (members) => found(members) === undefined,
    make: (at, members, limit) => call(at, '/v3/cluster/member/remove', { ID: found(members)?.id }, limit),
  });
}

/** Resolves once all the others have such a member, with all members as they are then. */
export function addMember(
  peerUrl: string,
  others: readonly Node[],
  port: number,
  signal: AbortSignal,
): Promise<readonly Member[]> {
  return untilMade(others, port, signal, {
    made: (members) => members.some((each) => each.peerUrl === peerUrl),
    make: (at, _, limit) => call(at, '/v3/cluster/member/add', { peerURLs: [peerUrl] }, limit),
  });
}

interface Change {
  readonly made: (members: readonly Member[]) => boolean;
  make(at: Endpoint, members: readonly Member[], limit: AbortSignal): Promise<unknown>;
}

/**
 * Asks for the change until all that answer have made it, and a majority answers; with the members as they have them.
 * Rejects at `signal` with the last refusal.
 */
async function untilMade(
  nodes: readonly Node[],
  port: number,
  signal: AbortSignal,
  change: Change,
): Promise<readonly Member[]> {
  let refusal: unknown = new Error('too few of the other members answer');
  for (let attempt = 0; !signal.aborted; attempt++) {
    const limit = within(ASK_MS, signal);
    const views = await Promise.all(
      nodes.map(async (node) => {
        const at = node.endpoint(port);
        return { name: node.name, at, members: await memberList(at, limit).catch(() => null) };
      }),
    );
    const heard = views.flatMap(({ members, ...rest }) => (members === null ? [] : [{ ...rest, members }]));
    const without = heard.filter(({ members }) => !change.made(members));
    const [first] = heard;
    if (first !== undefined && without.length === 0 && 2 * heard.length > nodes.length) return first.members;
    const asked = without[attempt % without.length];
    const refused = (error: unknown) => {
      if (!signal.aborted) refusal = error;
    };
    // Where most have made it, the others lag behind.
    if (asked !== undefined && 2 * without.length > heard.length)
      await change.make(asked.at, asked.members, within(CHANGE_MS, signal)).catch(refused);
    else if (asked !== undefined) refused(new Error(`${asked.name} does not know of it yet`));
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
