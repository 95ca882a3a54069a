/**
 * The operations that are open right now: each has a bit, and there are masks of bits by what the operations do.
 *
 * A bit is used again once its operation has returned, so masks are as wide as the history is concurrent, in words of 32.
 */
import { DIFFERS, type RegisterProblem } from './register-problem.ts';
import { CAS, READ, WRITE } from './register-values.ts';

export interface OpenOperations {
  /** Words per mask. */
  readonly width: number;
  /** By bit: the rank of the operation. */
  readonly rankOf: Int32Array;
  /** By rank: its bit. */
  readonly bitOf: Int32Array;
  /** Masks, `width` words each; those by value have value's mask at `value * width`. */
  readonly all: Int32Array;
  readonly writes: Int32Array;
  readonly cas: Int32Array;
  readonly differs: Int32Array;
  readonly readsOf: Int32Array;
  readonly writesOf: Int32Array;
  readonly differsOf: Int32Array;
  /** Gives an operation its bit. */
  open(rank: number): void;
  close(rank: number): void;
}

/** One value more than the problem has: the one that stands for all that nobody wants. */
export function openOperations(problem: RegisterProblem): OpenOperations {
  const { kind, saw, wrote } = problem;
  const width = Math.max(1, Math.ceil(problem.concurrency / 32));
  const byValue = () => new Int32Array((problem.values + 1) * width);
  const mask = () => new Int32Array(width);
  const free = Array.from({ length: width * 32 }, (_, bit) => width * 32 - 1 - bit);
  const operations: OpenOperations = {
    width,
    rankOf: new Int32Array(width * 32),
    bitOf: new Int32Array(problem.rows.length),
    all: mask(),
    writes: mask(),
    cas: mask(),
    differs: mask(),
    readsOf: byValue(),
    writesOf: byValue(),
    differsOf: byValue(),
    open(rank) {
      const bit = free.pop();
      if (bit === undefined) throw new RangeError(`more than ${width * 32} operations open at rank ${rank}`);
      operations.rankOf[bit] = rank;
      operations.bitOf[rank] = bit;
      flip(rank, bit);
    },
    close(rank) {
      const bit = operations.bitOf[rank]!;
      flip(rank, bit);
      free.push(bit);
    },
  };

  const flip = (rank: number, bit: number) => {
    const word = bit >>> 5;
    const single = 1 << (bit & 31);
    operations.all[word]! ^= single;
    switch (kind[rank]) {
      case READ:
        operations.readsOf[saw[rank]! * width + word]! ^= single;
        return;
      case WRITE:
        operations.writes[word]! ^= single;
        operations.writesOf[wrote[rank]! * width + word]! ^= single;
        return;
      case CAS:
        operations.cas[word]! ^= single;
        return;
      case DIFFERS:
        operations.differs[word]! ^= single;
        operations.differsOf[saw[rank]! * width + word]! ^= single;
    }
  };
  return operations;
}
