/**
 * The bent time: which reading a process gets for a true time.
 *
 * Two slots of parameters stand in the machine code; the true time itself says which of them holds (the slots take turns
 * every half period). So a strobe needs no help from outside while it is in force: nothing is rewritten, so no update
 * can be torn, it keeps its beat while the controller is busy or dead, and the verification can compute what it must
 * read. This file is the arithmetic in BigInt: the model that the two encoders are tested against.
 *
 * All times are ns since 1970. The bent time must fit 63 bits, which holds until the year 2262.
 */

/** `t + offset + ((t - anchor) * rate >> 32)`. */
export interface Slot {
  readonly offsetNs: bigint;
  readonly anchorNs: bigint;
  /** Gain per unit of time since the anchor, times 2^32; negative for a slow clock. */
  readonly rate: bigint;
}

export interface Warp {
  readonly slots: readonly [Slot, Slot];
  /** The slots take turns this often, counted from 1970; 0 keeps the first. */
  readonly halfPeriodNs: bigint;
}

const TRUE_TIME: Slot = { offsetNs: 0n, anchorNs: 0n, rate: 0n };

/** The clock is off by this much. */
export function offsetWarp(offsetNs: bigint): Warp {
  return { slots: [{ ...TRUE_TIME, offsetNs }, TRUE_TIME], halfPeriodNs: 0n };
}

/** The clock runs fast (or slow) by `ratePpm` from `anchorNs` on. */
export function driftWarp(ratePpm: number, anchorNs: bigint): Warp {
  const rate = BigInt(Math.round((ratePpm / 1e6) * 2 ** 32));
  return { slots: [{ offsetNs: 0n, anchorNs, rate }, TRUE_TIME], halfPeriodNs: 0n };
}

/** The clock jumps by `offsetNs` and back, staying `halfPeriodNs` on each side. */
export function strobeWarp(offsetNs: bigint, halfPeriodNs: bigint): Warp {
  return { slots: [TRUE_TIME, { ...TRUE_TIME, offsetNs }], halfPeriodNs };
}

/** Which slot holds at true time `timeNs`. */
export function slotAt(warp: Warp, timeNs: bigint): Slot {
  const second = warp.halfPeriodNs > 0n && (timeNs / warp.halfPeriodNs) % 2n === 1n;
  return warp.slots[second ? 1 : 0];
}

/** What a bent clock reads at true time `timeNs`, by the slot that holds then or by the one given. */
export function bentNs(warp: Warp, timeNs: bigint, slot = slotAt(warp, timeNs)): bigint {
  return timeNs + slot.offsetNs + (((timeNs - slot.anchorNs) * slot.rate) >> 32n);
}

/** The layout that both encoders read: the half period, then anchor, rate, offset of each slot; 64-bit little-endian. */
export function encodeWarp(warp: Warp): Uint8Array {
  const words = [warp.halfPeriodNs, ...warp.slots.flatMap((slot) => [slot.anchorNs, slot.rate, slot.offsetNs])];
  const bytes = new Uint8Array(words.length * 8);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setBigInt64(index * 8, word, true));
  return bytes;
}
