/**
 * Slots for operations: two that are open at the same time never have the same.
 *
 * What a configuration has done of the operations that are open right now is then a mask of bits, as wide as the history is
 * concurrent and not as it is long.
 */

export interface Slots {
  /** By rank. */
  readonly slotOf: Int32Array;
  /** Slots are below this. */
  readonly count: number;
}

/** `events` as in eventOrder: calls and returns of `size` operations. Linear; the slot freed last is taken first. */
export function assignSlots(events: Int32Array, size: number): Slots {
  const slotOf = new Int32Array(size);
  const free: number[] = [];
  let count = 0;
  for (const event of events) {
    if (event >= 0) slotOf[event] = free.pop() ?? count++;
    else free.push(slotOf[~event]!);
  }
  return { slotOf, count };
}
