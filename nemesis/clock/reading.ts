/**
 * Whether a bent clock reads as it should.
 *
 * A reading of a bent clock is made between two readings of the true one, so it is known between which two values it
 * must lie, without any tolerance of our own: the bent time of the earlier and of the later. It proves the harm only if
 * it is no true time as well; of a strobe, both of its sides must have been seen.
 */
import type { Reading } from './patch.ts';
import { bentNs, slotAt, type Warp } from './warp.ts';

export interface Judgement {
  /** Every reading was as it must be, and the harm showed. */
  readonly seen: boolean;
  /** Of the last reading that shows the harm (or else the last): bent minus true time, s. */
  readonly offsetS: number;
  /** What disagreed, in words; empty if nothing did. */
  readonly complaint: string;
}

const MICROSECOND = 1_000n;
const SECOND = 1_000_000_000n;
/** CLOCK_REALTIME_COARSE, which time() tells, lags by at most a tick of the slowest kernel (100 Hz). */
const TICK = 10_000_000n;

export function judge(warp: Warp, readings: readonly Reading[]): Judgement {
  const wrong = readings.find((reading) => !agrees(warp, reading));
  const off = readings.filter(isOff);
  const shown = off.at(-1) ?? readings.at(-1);
  const bothSides = warp.halfPeriodNs === 0n || off.length < readings.length;
  return {
    seen: wrong === undefined && off.length > 0 && bothSides,
    offsetS: shown === undefined ? 0 : offsetS(shown),
    complaint: wrong === undefined ? '' : `a probe read ${offsetS(wrong).toFixed(6)} s off`,
  };
}

/** Bent minus true time, s. */
export function offsetS({ beforeNs, bentNs: [clock], afterNs }: Reading): number {
  return Number(clock - (beforeNs + afterNs) / 2n) / 1e9;
}

/** Whether it cannot be a true time. */
function isOff({ beforeNs, bentNs: [clock], afterNs }: Reading): boolean {
  return clock < beforeNs || clock > afterNs;
}

function agrees(warp: Warp, { beforeNs, bentNs: [clock, day, second], afterNs }: Reading): boolean {
  return (
    mayRead(warp, beforeNs, afterNs, (low, high) => clock >= low && clock <= high) &&
    mayRead(warp, beforeNs, afterNs, (low, high) => day > low - MICROSECOND && day <= high) &&
    mayRead(warp, beforeNs - TICK, afterNs, (low, high) => second > low - SECOND && second <= high)
  );
}

/** Whether the test holds for what a slot gives that is in force at some moment between the two true times. */
function mayRead(warp: Warp, fromNs: bigint, toNs: bigint, test: (low: bigint, high: bigint) => boolean): boolean {
  const flips = warp.halfPeriodNs > 0n && fromNs / warp.halfPeriodNs !== toNs / warp.halfPeriodNs;
  const slots = flips ? warp.slots : [slotAt(warp, fromNs)];
  return slots.some((slot) => test(bentNs(warp, fromNs, slot), bentNs(warp, toNs, slot)));
}
