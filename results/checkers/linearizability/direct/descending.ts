/**
 * Elements of a priority queue, the largest first: what the model calls larger.
 *
 * Integers of 32 bits, which are most of all priorities, are sorted by radix, three passes of eleven bits.
 */
import type { History, Value } from '../../../history/index.ts';
import type { Elements } from './elements.ts';

/** Undefined where the order is not that of numbers, or two elements are equally large. */
export function descending({ values }: History, { count, value }: Elements): Int32Array | undefined {
  const keys = new Float64Array(count);
  let small = true;
  for (let element = 0; element < count; element++) {
    const priority: Value = values[value[element]!] ?? null;
    if (typeof priority !== 'number') return undefined;
    keys[element] = priority;
    small &&= (priority | 0) === priority;
  }
  const order = small
    ? radixSorted(keys)
    : Int32Array.from(keys, (_, element) => element).sort((a, b) => keys[b]! - keys[a]!);
  for (let place = 1; place < count; place++) if (keys[order[place]!] === keys[order[place - 1]!]) return undefined;
  return order;
}

const BITS = 11;
const BUCKETS = 1 << BITS;

function radixSorted(keys: Float64Array): Int32Array {
  // Flipped so that the largest has the smallest unsigned key.
  const flipped = Uint32Array.from(keys, (key) => ~(key ^ 0x80000000));
  let order = Int32Array.from(keys, (_, element) => element);
  let other = new Int32Array(order.length);
  for (let shift = 0; shift < 32; shift += BITS) {
    const start = new Int32Array(BUCKETS + 1);
    for (const key of flipped) start[((key >>> shift) & (BUCKETS - 1)) + 1]!++;
    for (let bucket = 0; bucket < BUCKETS; bucket++) start[bucket + 1]! += start[bucket]!;
    for (const element of order) other[start[(flipped[element]! >>> shift) & (BUCKETS - 1)]!++] = element;
    [order, other] = [other, order];
  }
  return order;
}
