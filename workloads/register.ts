/**
 * The register workload: read, write and compare-and-set on many keys; each key must be linearizable.
 *
 * Every write writes a value of its own: a read then tells which write it saw, and the checker decides in linear time
 * where repeated values make the question NP-hard. Keys are worked on by a group of threads at a time and left after a
 * bounded number of ops, so that no key's history grows without end; group members sit on different nodes, so that both
 * sides of a partition work on the same key. A thread's plan (f, key, new value) depends on the seed alone; what a cas
 * expects is the value its thread saw last, since a guess would hardly ever succeed.
 */
import { z } from 'zod';
import type { HistoryEvent, Value } from '../results/index.ts';
import { inOrder } from './generator/combinators.ts';
import type { Generator, Thread } from './generator/generator.ts';
import type { Random } from './generator/random.ts';
import type { Op } from './op.ts';
import { defineWorkload } from './workload.ts';

const parameters = z.object({
  opsPerKey: z.coerce
    .number()
    .int()
    .positive()
    .default(200)
    .describe('operations on one key before its group moves on'),
  group: z.coerce.number().int().positive().default(5).describe('threads that work on one key at a time'),
  reads: z.coerce.number().min(0).max(1).default(0.4).describe('share of reads'),
  cas: z.coerce.number().min(0).max(1).default(0.3).describe('share of compare-and-sets; the rest are writes'),
});
type Parameters = z.infer<typeof parameters>;

/** How many threads (on as many nodes, if there are as many) read each key at the end. */
const FINAL_READERS = 5;

export const register = defineWorkload<Parameters>({
  name: 'register',
  summary: 'read, write and cas on many keys, each a linearizable register',
  api: 'register',
  reads: ['read'],
  parameters,
  checker: { name: 'linearizable', options: { model: 'register' } },
  generator: (thread, random, params) => load({ thread, random, params }, 0, new Map()),
  final: (thread, random, _params, keys) => inOrder(random.shuffle(finalKeys(thread, keys)).map(read)),
});

interface Worker {
  readonly thread: Thread;
  readonly random: Random;
  readonly params: Parameters;
}

/** The n-th op and on; `seen` is the last value this thread saw of its present key. */
function load(worker: Worker, n: number, seen: ReadonlyMap<number, Value>): Generator {
  return {
    next: () => ({ kind: 'op', op: nthOp(worker, n, seen), rest: load(worker, n + 1, seen) }),
    update: (completion) => load(worker, n, look(completion, seen)),
  };
}

function nthOp({ thread, random, params }: Worker, n: number, seen: ReadonlyMap<number, Value>): Op {
  const key = nthKey(thread, params, n);
  // Unique over all threads and keys, and never 0.
  const value = 1 + thread.index + n * thread.count;
  const kind = random.fork(n).float();
  if (kind < params.reads) return read(key);
  const expected = seen.get(key);
  if (kind < params.reads + params.cas && expected !== undefined) return { f: 'cas', key, value: [expected, value] };
  return { f: 'write', key, value };
}

/** Groups deal the keys among them: group g of G works on keys g, g + G, g + 2G, ... */
function nthKey({ index, count }: Thread, params: Parameters, n: number): number {
  const size = Math.min(params.group, count);
  const groups = Math.ceil(count / size);
  const perMember = Math.max(1, Math.round(params.opsPerKey / size));
  return Math.floor(index / size) + groups * Math.floor(n / perMember);
}

function look(completion: HistoryEvent, seen: ReadonlyMap<number, Value>): ReadonlyMap<number, Value> {
  const { f, key, type, value } = completion;
  if (type !== 'ok' || typeof key !== 'number') return seen;
  return new Map([[key, f === 'cas' ? ((value as readonly Value[])[1] ?? null) : value]]);
}

const read = (key: Value): Op => ({ f: 'read', key, value: null });

function finalKeys({ index, count }: Thread, keys: readonly Value[]): Value[] {
  return keys.filter(
    (_key, position) => (((index - position * FINAL_READERS) % count) + count) % count < FINAL_READERS,
  );
}
