/**
 * The one source of randomness: seeded, passed in, forked by name.
 *
 * `fork('client 3')` gives a stream that depends only on the seed and the name, never on how much was drawn elsewhere:
 * that is what keeps a worker's plan the same when another worker gets fewer operations done.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
  /** One element of a non-empty list. */
  pick<T>(list: readonly T[]): T;
  /** A new list with the same elements in random order. */
  shuffle<T>(list: readonly T[]): T[];
  /** An independent stream that depends on this stream's seed and the label alone. */
  fork(label: string): Random;
}

export function seeded(seed: string): Random {
  const generator = xoroshiro128plus(fnv1a(seed));
  const word = () => generator.next() >>> 0;
  const float = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  const int = (bound: number) => {
    if (!(Number.isInteger(bound) && bound > 0)) throw new RangeError(`int(${String(bound)}): bound must be positive`);
    return Math.floor(float() * bound);
  };
  return {
    float,
    int,
    pick(list) {
      const chosen = list[int(list.length)];
      return chosen as (typeof list)[number];
    },
    shuffle(list) {
      const result = [...list];
      for (let last = result.length - 1; last > 0; last--) {
        const other = int(last + 1);
        [result[last], result[other]] = [result[other] as (typeof list)[number], result[last] as (typeof list)[number]];
      }
      return result;
    },
    fork: (label) => seeded(`${seed}/${label}`),
  };
}

/** Fowler, Noll, Vo, 32 bits: spreads a seed's text over the generator's seed. http://www.isthe.com/chongo/tech/comp/fnv */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position++) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  return hash | 0;
}
