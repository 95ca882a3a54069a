/** How the objects with direct methods are exercised: small histories in which those methods have something to decide. */
import type { Value } from '../../../history/index.ts';
import { models } from '../models/index.ts';
import type { Exercise } from './histories.ts';

const list = (length: number, first = 0): readonly number[] => Array.from({ length }, (_, index) => first + index);

const model = (name: string, options = {}) => models[name]!(options);

/** Elements are all different; of a priority queue they come in no particular order. */
function container(name: string, put: string, take: string): Exercise {
  return {
    model: model(name),
    call: (choice, n) => (choice % 2 === 0 ? { f: put, input: 1 + ((n * 5) % 13) } : { f: take, input: null }),
    outputs: ({ f, input }) => (f === put ? [input] : [null, ...list(13, 1)]),
  };
}

function lock(name: string, options: Record<string, Value> = {}): Exercise {
  return {
    model: model(name, options),
    call: (choice) => ({ f: choice % 2 === 0 ? 'acquire' : 'release', input: null }),
    outputs: () => [null],
  };
}

/** `named`: releases carry a token, mostly the right one. */
function fencedLock(named: boolean): Exercise {
  return {
    model: model('fenced-lock'),
    call: (choice, n, state) => {
      if (choice % 2 === 0) return { f: 'acquire', input: null };
      const [token, , largest] = state as readonly Value[];
      return { f: 'release', input: named ? (choice % 7 === 0 ? n : (token ?? largest ?? 1)) : null };
    },
    outputs: ({ f, input }) => (f === 'acquire' ? list(8, 1) : [input]),
  };
}

/** All lists of different elements from 0 to 3, the likely ones first. */
const lists: readonly (readonly number[])[] = arrangements([]).sort((a, b) => disorder(a) - disorder(b));

function arrangements(list: readonly number[]): number[][] {
  const longer = [0, 1, 2, 3]
    .filter((element) => !list.includes(element))
    .flatMap((each) => arrangements([...list, each]));
  return [[...list], ...longer];
}

function disorder(list: readonly number[]): number {
  return list.filter((element, index) => element !== index).length;
}

/** Every other operation puts in an element of its own. */
function grower(name: string, f: string): Exercise {
  return {
    model: model(name),
    call: (_, n) => (n % 2 === 0 ? { f, input: n / 2 } : { f: 'read', input: null }),
    outputs: ({ f, input }) => (f === 'read' ? [...lists, [0, 0]] : [input]),
  };
}

/** None of them is the beginning of another. */
const pieces = list(8).map((n) => `${n};`);
/** Texts that may be there when few have been put together, and one that never is. */
const texts = [
  '',
  ...pieces,
  ...pieces.flatMap((a) => pieces.flatMap((b) => [a + b, ...pieces.map((c) => a + b + c)])),
  '9',
];

const counter = (steps: readonly number[]): Exercise => ({
  model: model('counter'),
  call: (choice) =>
    choice % 2 === 0 ? { f: 'read', input: null } : { f: 'add', input: steps[(choice >>> 1) % steps.length] ?? 1 },
  outputs: ({ f }) => (f === 'read' ? list(25, -12) : [null]),
});

export const objectExercises: Readonly<Record<string, Exercise>> = {
  queue: container('queue', 'enqueue', 'dequeue'),
  stack: container('stack', 'push', 'pop'),
  'priority queue': container('priority-queue', 'insert', 'poll'),
  'set, blind removes': {
    model: model('set'),
    call: (choice) => ({
      f: (['add', 'remove', 'remove', 'contains', 'contains'] as const)[choice % 5] ?? 'add',
      input: (choice >>> 3) % 2,
    }),
    outputs: ({ f, input }) => (f === 'contains' ? [true, false] : [input]),
  },
  'set, removes that tell': {
    model: model('set'),
    call: (choice) => ({
      f: (['add', 'remove', 'remove', 'contains', 'contains'] as const)[choice % 5] ?? 'add',
      input: (choice >>> 3) % 2,
    }),
    outputs: ({ f, input }) => (f === 'add' ? [input] : [true, false]),
  },
  'set, whole reads': grower('set', 'add'),
  'append-list': grower('append-list', 'append'),
  text: {
    model: model('kv'),
    call: (choice, n) => ({
      f: (['put', 'append', 'append', 'get', 'get'] as const)[choice % 5] ?? 'get',
      input: choice % 5 < 3 ? pieces[n % pieces.length]! : null,
    }),
    outputs: ({ f, input }) => (f === 'get' ? texts : [input]),
  },
  mutex: lock('mutex'),
  'mutex, held at first': lock('mutex', { init: 'held' }),
  'semaphore of two': lock('semaphore', { permits: 2 }),
  'fenced lock': fencedLock(false),
  'fenced lock, named releases': fencedLock(true),
  'counter of ones': counter([1]),
  'counter of minus ones': counter([-1]),
  'counter of any steps': counter([1, 2, -1]),
};
