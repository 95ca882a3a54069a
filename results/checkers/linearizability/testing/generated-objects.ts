/**
 * Large histories of queues, stacks, priority queues and sets from a seed, built straight into columns.
 *
 * As with registers: clients take random turns on one true object, so the history is linearizable by construction; `bad` has
 * two late operations that are far apart tell each other's result, chosen so that this is a violation for certain.
 */
import { INFO, NEVER, OK, type History, type Value } from '../../../history/index.ts';
import { allocate, randomOf } from './generated.ts';

export type ObjectName = 'queue' | 'stack' | 'priority-queue' | 'set';

export interface GeneratedObject {
  readonly object: ObjectName;
  readonly operations: number;
  readonly clients: number;
  /** Share of operations whose fate stays unknown; half of those took effect. */
  readonly crashes?: number;
  readonly bad?: boolean;
  readonly seed: number;
}

/** Value ids: elements are `FIRST` and up, each of them once. */
const [NULL, TRUE, FALSE, FIRST] = [0, 1, 2, 3];

/** What is put under load. Values are ids; `kind` is an index into `fs`, 0 puts and 1 takes. */
interface Live {
  readonly fs: readonly string[];
  choose(random: (bound: number) => number, fresh: () => number): { readonly kind: number; readonly input: number };
  apply(kind: number, input: number): number;
}

/** The element that each of `size` ids stands for: priorities come in no particular order. */
function container(put: string, take: string, elements: { put(id: number): void; take(): number }): Live {
  return {
    fs: [put, take],
    choose: (random, fresh) => (random(2) === 0 ? { kind: 0, input: fresh() } : { kind: 1, input: NULL }),
    apply(kind, input) {
      if (kind === 1) return elements.take();
      elements.put(input);
      return input;
    },
  };
}

function liveQueue(): Live {
  const list: number[] = [];
  let head = 0;
  return container('enqueue', 'dequeue', {
    put: (id) => list.push(id),
    take: () => (head < list.length ? list[head++]! : NULL),
  });
}

function liveStack(): Live {
  const list: number[] = [];
  return container('push', 'pop', { put: (id) => list.push(id), take: () => list.pop() ?? NULL });
}

/** Largest first by `priority`. */
function livePriorityQueue(priority: (id: number) => number): Live {
  const heap: number[] = [];
  const larger = (a: number, b: number) => priority(heap[a]!) > priority(heap[b]!);
  const swap = (a: number, b: number) => ([heap[a], heap[b]] = [heap[b]!, heap[a]!]);
  return container('insert', 'poll', {
    put(id) {
      heap.push(id);
      for (let at = heap.length - 1; at > 0 && larger(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
    },
    take() {
      if (heap.length === 0) return NULL;
      swap(0, heap.length - 1);
      const first = heap.pop()!;
      for (let at = 0; ;) {
        let most = at;
        for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && larger(child, most)) most = child;
        if (most === at) return first;
        swap(at, most);
        at = most;
      }
    },
  });
}

/** Adds each element once; removes and asks for those added lately. */
function liveSet(): Live {
  const present = new Set<number>();
  let last = FIRST - 1;
  return {
    fs: ['add', 'remove', 'contains'],
    choose(random, fresh) {
      const kind = last < FIRST ? 0 : random(3);
      if (kind === 0) return { kind, input: (last = fresh()) };
      return { kind, input: Math.max(FIRST, last - random(50)) };
    },
    apply(kind, input) {
      if (kind === 2) return present.has(input) ? TRUE : FALSE;
      if (kind === 0) present.add(input);
      else present.delete(input);
      return input;
    },
  };
}

const IDLE = 0;
const INVOKED = 1;

export function generateObject({ object, operations, clients, crashes = 0, bad, seed }: GeneratedObject): History {
  const random = randomOf(seed);
  const columns = allocate(operations);
  // A multiplicative shuffle: odd, so each priority comes once.
  const priority = (id: number) => (object === 'priority-queue' ? Math.imul(id, 0x9e3779b1) >>> 1 : id);
  const live = {
    queue: liveQueue,
    stack: liveStack,
    set: liveSet,
    'priority-queue': () => livePriorityQueue(priority),
  }[object]();
  const phase = new Uint8Array(clients);
  const rowOf = new Int32Array(clients);
  const processOf = Int32Array.from({ length: clients }, (_, client) => client);
  let [started, events, processes, elements] = [0, 0, clients, FIRST];

  const invoke = (client: number) => {
    const row = started++;
    const { kind, input } = live.choose(random, () => elements++);
    columns.outcome[row] = random(1_000_000) < crashes * 1_000_000 ? INFO : OK;
    columns.process[row] = processOf[client]!;
    columns.f[row] = kind;
    columns.input[row] = input;
    columns.invoke[row] = events;
    columns.invokeNs[row] = events++ * 1000;
    columns.complete[row] = NEVER;
    columns.completeNs[row] = NEVER;
    rowOf[client] = row;
  };
  const complete = (client: number) => {
    const row = rowOf[client]!;
    columns.complete[row] = events;
    columns.completeNs[row] = events++ * 1000;
    if (columns.outcome[row] !== INFO) return;
    columns.output[row] = NULL;
    processOf[client] = processes++;
  };

  for (let busy = 0; started < operations || busy > 0;) {
    const client = random(clients);
    if (phase[client] === IDLE) {
      if (started === operations) continue;
      invoke(client);
      busy++;
    } else if (phase[client] === INVOKED) {
      const row = rowOf[client]!;
      if (columns.outcome[row] !== INFO || random(2) === 0)
        columns.output[row] = live.apply(columns.f[row]!, columns.input[row]!);
    } else {
      complete(client);
      busy--;
    }
    phase[client] = (phase[client]! + 1) % 3;
  }
  const values: Value[] = [null, true, false];
  for (let id = FIRST; id < elements; id++) values.push(priority(id));
  const history: History = {
    count: operations,
    events,
    ...columns,
    fs: live.fs,
    keys: [undefined],
    values,
    nodes: [undefined],
    errors: [undefined],
    nemesis: [],
  };
  if (bad) plant(history, object);
  return history;
}

/** Late in the history: a contains of what was removed, or two takes that trade what they took. */
function plant(history: History, object: ObjectName): void {
  const { count, outcome, f, input, output, invoke, complete, values } = history;
  const putter = new Int32Array(values.length).fill(-1);
  for (let row = 0; row < count; row++) if (f[row] === 0 && outcome[row] === OK) putter[input[row]!] = row;
  const before = (a: number, b: number) => outcome[a] === OK && complete[a]! < invoke[b]!;
  const first = Math.floor(count * 0.9);
  for (let row = first; row < count; row++) {
    for (let other = row + 1; other < Math.min(count, row + 5000); other++) {
      if (f[row] !== 1 || outcome[row] !== OK || outcome[other] !== OK || !before(row, other)) continue;
      if (object === 'set') {
        const added = putter[input[row]!]!;
        if (f[other] !== 2 || input[other] !== input[row] || added < 0 || !before(added, row)) continue;
        output[other] = TRUE;
        return;
      }
      if (f[other] !== 1 || output[row] === NULL || output[other] === NULL) continue;
      const [early, late] = [putter[output[row]!]!, putter[output[other]!]!];
      if (early < 0 || late < 0) continue;
      const inside = before(early, row) && before(late, row);
      const suits = { queue: before(early, late), stack: before(late, early), 'priority-queue': true }[object];
      if (!inside || !suits) continue;
      [output[row], output[other]] = [output[other]!, output[row]!];
      return;
    }
  }
  throw new Error(`nothing found in this ${object} that could be made wrong`);
}
