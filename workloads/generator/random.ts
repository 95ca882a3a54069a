/**
 * The one source of randomness: seeded, passed in, forked by name.
 *
 * `fork('client 3')` gives a stream that depends only on the seed and the name, never on how much was drawn elsewhere:
 * that is what keeps a worker's plan the same when another worker gets fewer operations done, and what lets a generator
 * stay an immutable value (it forks by the position of the op instead of drawing from a shared stream).
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
  /** Exponentially distributed with that mean: the gaps of a Poisson process. */
  exponential(mean: number): number;
  /** An independent stream that depends on this stream's seed and the label alone. */
  fork(label: string | number): Random;
}

export function seeded(seed: string): Random {
  return stream(hashText(0x811c9dc5, seed));
}

function stream(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const float = () => ((generator.next() >>> 5) * 2 ** 26 + (generator.next() >>> 6)) / 2 ** 53;
  const int = (bound: number) => {
    if (!(Number.isInteger(bound) && bound > 0)) throw new RangeError(`int(${bound}): the bound must be positive`);
    return Math.floor(float() * bound);
  };
  return {
    float,
    int,
    pick<T>(list: readonly T[]): T {
      return list[int(list.length)] as T;
    },
    shuffle<T>(list: readonly T[]): T[] {
      const result = [...list];
      for (let last = result.length - 1; last > 0; last--) {
        const other = int(last + 1);
        [result[last], result[other]] = [result[other] as T, result[last] as T];
      }
      return result;
    },
    exponential: (mean) => -mean * Math.log(1 - float()),
    fork: (label) => stream(mix(typeof label === 'number' ? Math.imul(seed, 31) + label : hashText(seed, label))),
  };
}

/** Fowler, Noll, Vo (FNV-1a), 32 bits. http://www.isthe.com/chongo/tech/comp/fnv */
function hashText(basis: number, text: string): number {
  let hash = basis;
  for (let position = 0; position < text.length; position++) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  return mix(hash);
}

/** The finalizer of MurmurHash3: spreads neighbouring numbers over all 32 bits. */
function mix(hash: number): number {
  let bits = hash | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
