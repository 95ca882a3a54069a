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
  const flipped = new Uint32Array(keys.length);
  let order = new Int32Array(keys.length);
  let other = new Int32Array(keys.length);
  for (let element = 0; element < keys.length; element++) {
    flipped[element] = ~(keys[element]! ^ 0x80000000);
    order[element] = element;
  }
  for (let shift = 0; shift < 32; shift += BITS) {
    const bucketOf = (element: number) => (flipped[element]! >>> shift) & (BUCKETS - 1);
    const start = new Int32Array(BUCKETS + 1);
    for (let element = 0; element < flipped.length; element++) start[bucketOf(element) + 1]!++;
    for (let bucket = 0; bucket < BUCKETS; bucket++) start[bucket + 1]! += start[bucket]!;
    for (let place = 0; place < order.length; place++) other[start[bucketOf(order[place]!)]!++] = order[place]!;
    [order, other] = [other, order];
  }
  return order;
}
