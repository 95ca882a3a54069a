/**
 * What a node says by its own clock, where its system tells the time to whoever asks (`Cluster.ownClock`).
 *
 * It is the best evidence there is, and may be missing at any moment: a node that is paused or cut off does not answer,
 * which says nothing about its clock. So silence never counts against the fault; but it does not take back what was
 * said before, either.
 */
import { within } from '../../results/index.ts';
import type { ClockReading, Cluster, Node } from '../../targets/index.ts';
import { bentNs, slotAt, type Warp } from './warp.ts';

export interface Testimony {
  /** The last answer. */
  readonly reading?: ClockReading;
  /** Why there is none, or none since. */
  readonly silence?: string;
}

/** A node that does not tell its time within this does not tell it this time. */
const ASK_LIMIT_MS = 3_000;

export async function ask(
  cluster: Cluster,
  node: Node,
  before: Testimony | undefined,
  signal: AbortSignal,
): Promise<Testimony> {
  try {
    const reading = await cluster.ownClock?.(node, within(ASK_LIMIT_MS, signal));
    return reading === undefined ? {} : { reading };
  } catch (error) {
    return { ...before, silence: error instanceof Error ? error.message : String(error) };
  }
}

/** A clock that jumps while it is asked may be told by either of its sides, and by the second in which it jumped. */
export function contradicts(warp: Warp, { reading }: Testimony): boolean {
  if (reading === undefined) return false;
  const strobes = warp.halfPeriodNs > 0n;
  const spreadMs = strobes ? reading.errorMs + 1_000 : reading.errorMs;
  const fromNs = nanoseconds(reading.trueMs - spreadMs);
  const toNs = nanoseconds(reading.trueMs + spreadMs);
  const toldNs = nanoseconds(reading.nodeMs);
  const slots = strobes ? warp.slots : [slotAt(warp, fromNs)];
  return !slots.some((slot) => toldNs >= bentNs(warp, fromNs, slot) && toldNs <= bentNs(warp, toNs, slot));
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}
