/** What a member says of itself, and whether it serves: the questions that readiness and the search for the leader ask. */
import { z } from 'zod';
import type { Endpoint } from '../cluster.ts';
import { encode, openGateway, type Gateway } from './gateway.ts';

export interface MemberStatus {
  readonly version: string;
  /** Member ids, as decimal strings: they have 64 bits. */
  readonly member: string;
  readonly leader: string | null;
  readonly term: number;
}

const Status = z.object({
  header: z.object({ member_id: z.string(), raft_term: z.coerce.number().default(0) }),
  version: z.string(),
  leader: z.string().default('0'),
});

export function memberStatus(endpoint: Endpoint, signal: AbortSignal): Promise<MemberStatus> {
  return once(endpoint, async (gateway) => {
    const { header, version, leader } = await gateway.call('/v3/maintenance/status', {}, Status, signal);
    return { version, member: header.member_id, leader: leader === '0' ? null : leader, term: header.raft_term };
  });
}

/** True where the member answers a read that needs a majority. */
export async function readsLinearizably(endpoint: Endpoint, signal: AbortSignal): Promise<boolean> {
  const question = { key: encode('ordeal/ready'), count_only: true };
  try {
    await once(endpoint, (gateway) => gateway.call('/v3/kv/range', question, z.object({}), signal));
    return true;
  } catch {
    return false;
  }
}

async function once<T>(endpoint: Endpoint, ask: (gateway: Gateway) => Promise<T>): Promise<T> {
  const gateway = openGateway(endpoint);
  try {
    return await ask(gateway);
  } finally {
    await gateway.close();
  }
}
