/**
 * Large register histories from a seed, built straight into columns: what the benchmarks judge.
 *
 * Clients take random turns on one true register per key: invoke, take effect, complete. So the history is linearizable by
 * construction. `bad` plants one violation: a read, late in the history, of a value that had long been overwritten.
 */
import { FAIL, INFO, NEVER, OK, type History, type Value } from '../../../history/index.ts';

export interface Generated {
  readonly operations: number;
  readonly clients: number;
  /** Share of operations whose fate stays unknown; half of those took effect. */
  readonly crashes?: number;
  /** Written values: `unique`, or the number of values that repeat. */
  readonly values: 'unique' | number;
  readonly keys?: number;
  readonly bad?: boolean;
  readonly seed: number;
}

const KIND = { read: 0, write: 1, cas: 2 } as const;
const IDLE = 0;
const INVOKED = 1;
const EFFECTED = 2;

/** Reads, writes and cas 40/30/30. */
export function generate(options: Generated): History {
  const { operations, clients, crashes = 0, values, keys = 1, seed } = options;
  const random = randomOf(seed);
  const columns = allocate(operations);
  const table = valueTable(values === 'unique' ? operations : values, values === 'unique');
  const phase = new Uint8Array(clients);
  const rowOf = new Int32Array(clients);
  const processOf = Int32Array.from({ length: clients }, (_, client) => client);
  const current = new Int32Array(keys);
  let [started, events, processes, fresh] = [0, 0, clients, 0];

  // With repeated values crashed operations never write the largest: a planted read of it cannot be theirs.
  const written = (crashing: boolean) =>
    values === 'unique' ? ++fresh : 1 + random(crashing && values > 1 ? values - 1 : values);
  const invoke = (client: number) => {
    const row = started++;
    const dice = random(10);
    const crashing = random(1_000_000) < crashes * 1_000_000;
    columns.outcome[row] = crashing ? INFO : OK;
    columns.process[row] = processOf[client]!;
    columns.key[row] = keys > 1 ? 1 + random(keys) : 0;
    columns.f[row] = dice < 4 ? KIND.read : dice < 7 ? KIND.write : KIND.cas;
    if (dice >= 7) {
      const expected = values === 'unique' ? current[slotOf(row)]! : 1 + random(values);
      columns.first[row] = expected;
      columns.second[row] = written(crashing);
      columns.input[row] = table.pair(columns.first[row], columns.second[row]);
    } else if (dice >= 4) columns.input[row] = written(crashing);
    columns.invoke[row] = events;
    columns.invokeNs[row] = events++ * 1000;
    columns.complete[row] = NEVER;
    columns.completeNs[row] = NEVER;
    rowOf[client] = row;
    phase[client] = INVOKED;
  };
  const slotOf = (row: number) => (keys > 1 ? columns.key[row]! - 1 : 0);
  const takeEffect = (row: number) => {
    const slot = slotOf(row);
    const kind = columns.f[row]!;
    columns.output[row] = columns.input[row]!;
    if (kind === KIND.read) columns.output[row] = current[slot]!;
    else if (kind === KIND.write) current[slot] = columns.input[row]!;
    else if (columns.first[row] === current[slot]) current[slot] = columns.second[row]!;
    else if (columns.outcome[row] === OK) columns.outcome[row] = FAIL;
  };
  const complete = (client: number) => {
    const row = rowOf[client]!;
    phase[client] = IDLE;
    columns.complete[row] = events;
    columns.completeNs[row] = events++ * 1000;
    if (columns.outcome[row] !== INFO) return;
    columns.output[row] = 0;
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
      if (columns.outcome[row] !== INFO || random(2) === 0) takeEffect(row);
      phase[client] = EFFECTED;
    } else {
      complete(client);
      busy--;
    }
  }
  const history: History = {
    count: operations,
    events,
    ...columns,
    fs: ['read', 'write', 'cas'],
    keys: [undefined, ...(keys > 1 ? Array.from({ length: keys }, (_, key) => key) : [])],
    values: table.values,
    nodes: [undefined],
    errors: [undefined],
    nemesis: [],
  };
  if (options.bad) plant(history, values === 'unique' ? undefined : values);
  return history;
}

/** Turns one late read stale: its new value was overwritten well before it was invoked, and nobody wrote it since. */
function plant({ count, outcome, f, key, input, second, output, invoke, complete }: History, only?: number) {
  for (let row = Math.floor(count * 0.9); row < count; row++) {
    if (f[row] !== KIND.read || outcome[row] !== OK) continue;
    // Going back in time: first an overwriting write that completed before the read, then one before that.
    let overwritten: number | undefined;
    for (let other = row - 1, far = Math.max(0, row - 200_000); other >= far; other--) {
      if (key[other] !== key[row] || f[other] === KIND.read || outcome[other] !== OK) continue;
      const value = f[other] === KIND.cas ? second[other]! : input[other]!;
      if (overwritten === undefined) {
        if (value === only) break;
        if (complete[other]! < invoke[row]!) overwritten = invoke[other]!;
      } else if (only === undefined || value === only) {
        if (complete[other]! >= overwritten) break;
        output[row] = value;
        return;
      }
    }
  }
  throw new Error('no read found that could be made stale');
}

/** A linear congruential generator with its high bits mixed (PCG's XSH idea): fast, and the same everywhere. */
export function randomOf(seed: number): (bound: number) => number {
  let state = Math.imul(seed ^ 0x2545f491, 0x9e3779b1) | 1;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x45d9f3b);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % bound;
  };
}

/** Ids as the builder gives them: 0 is null, 1 to n the numbers, then pairs. */
function valueTable(numbers: number, unique: boolean) {
  const values: Value[] = [null, ...Array.from({ length: numbers }, (_, number) => number)];
  const known = new Map<number, number>();
  const size = numbers + 1;
  const add = (a: number, b: number) => values.push([values[a] ?? null, values[b] ?? null]) - 1;
  return {
    values,
    pair(a: number, b: number): number {
      if (unique) return add(a, b);
      const id = known.get(a * size + b) ?? add(a, b);
      known.set(a * size + b, id);
      return id;
    },
  };
}

export function allocate(capacity: number) {
  const shared = (bytes: number) => new SharedArrayBuffer(capacity * bytes);
  return {
    process: new Int32Array(shared(4)),
    invoke: new Int32Array(shared(4)),
    complete: new Int32Array(shared(4)),
    outcome: new Uint8Array(shared(1)),
    f: new Uint8Array(shared(1)),
    key: new Int32Array(shared(4)),
    input: new Int32Array(shared(4)),
    output: new Int32Array(shared(4)),
    first: new Int32Array(shared(4)).fill(-1),
    second: new Int32Array(shared(4)).fill(-1),
    invokeNs: new Float64Array(shared(8)),
    completeNs: new Float64Array(shared(8)),
    node: new Uint16Array(shared(2)),
    error: new Int32Array(shared(4)),
  };
}
