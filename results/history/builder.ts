/**
 * Events in, columns out.
 *
 * The builder pairs each completion with its invocation, interns what they carry, and refuses what no history can hold.
 * Readers of files and tests alike end here. Columns lie in shared memory, so that worker threads can read them without
 * a copy.
 */
import type { HistoryEvent, Process } from './event.ts';
import { NEMESIS } from './event.ts';
import { FAIL, type History, INFO, type IndexedEvent, NEVER, OK, type Outcome } from './history.ts';
import { canonicalize, Interner } from './interner.ts';
import { isList, stringifyJson } from './json.ts';
import { malformedLine } from './malformed.ts';

const MAX_FS = 2 ** 8;
const MAX_NODES = 2 ** 16;
/** Processes below this find their open operation in an array, others in a Map. */
const DIRECT_PROCESSES = 2 ** 20;

export interface BuilderOptions {
  /** Named in errors. */
  readonly file?: string;
  /** About how many operations will come; saves copies while the columns grow. */
  readonly expected?: number;
}

export class HistoryBuilder {
  /** Line of the event that is being added, for errors; counts events where nobody sets it. */
  line = 0;
  readonly fs = new Interner();
  readonly nodes = new Interner<undefined>(undefined);
  readonly errors = new Interner<undefined>(undefined);
  readonly keys = new Interner<undefined>(undefined);
  readonly values = new Interner<null>(null);
  readonly #file: string;
  readonly #nemesis: IndexedEvent[] = [];
  #columns: Columns;
  #capacity: number;
  #count = 0;
  #events = 0;
  /** Row + 1 of the open operation of each process; 0 if it has none. */
  #open = new Int32Array(256);
  readonly #openOthers = new Map<number, number>();

  constructor(options: BuilderOptions = {}) {
    this.#file = options.file ?? 'history';
    this.#capacity = Math.max(16, Math.ceil(options.expected ?? 0));
    this.#columns = allocate(this.#capacity);
  }

  /** Number of events so far: the index of the next one. */
  get events(): number {
    return this.#events;
  }

  add(event: HistoryEvent): void {
    this.line++;
    const { process, type, key, value, timeNs, node, error } = event;
    if (process === NEMESIS) {
      this.addNemesis(event);
      return;
    }
    this.checkProcess(process);
    const f = this.fs.of(event.f);
    const keyId = key === undefined ? 0 : this.keys.of(key);
    const valueId = this.values.of(value);
    const nodeId = node === undefined ? 0 : this.nodes.of(node);
    const errorId = error === undefined ? 0 : this.errors.of(error);
    if (type === 'invoke') this.invoke(process, f, keyId, valueId, timeNs, nodeId, errorId);
    else this.complete(process, OUTCOMES[type], f, keyId, valueId, timeNs, nodeId, errorId);
  }

  addNemesis(event: HistoryEvent): void {
    this.#nemesis.push({ ...event, value: canonicalize(event.value), index: this.#events++ });
  }

  /** Adds an invocation whose fields are interned already. `process` must have passed `checkProcess`. */
  invoke(process: number, f: number, key: number, input: number, timeNs: number, node: number, error: number): void {
    const row = this.#count;
    const open = this.#openRow(process);
    if (open >= 0) this.#busy(process, open);
    if (row === this.#capacity) this.#grow();
    if (f >= MAX_FS) throw this.problem(`more than ${MAX_FS} kinds of operation (\`f\`)`);
    if (node >= MAX_NODES) throw this.problem(`more than ${MAX_NODES} nodes`);
    const columns = this.#columns;
    columns.process[row] = process;
    columns.invoke[row] = this.#events++;
    columns.complete[row] = NEVER;
    columns.outcome[row] = INFO;
    columns.f[row] = f;
    columns.key[row] = key;
    columns.input[row] = input;
    this.#members(row, f, input);
    columns.invokeNs[row] = timeNs;
    columns.completeNs[row] = NEVER;
    columns.node[row] = node;
    columns.error[row] = error;
    this.#count = row + 1;
    if (process < this.#open.length) this.#open[process] = row + 1;
    else this.#setOpen(process, row);
  }

  /** Interns what stands inside a cas' argument, so that no checker has to look for it. */
  #members(row: number, f: number, input: number): void {
    const { first, second } = this.#columns;
    const pair = this.fs.values[f] === 'cas' ? this.values.values[input] : undefined;
    if (pair === undefined || !isList(pair) || pair.length !== 2) {
      first[row] = -1;
      second[row] = -1;
      return;
    }
    first[row] = this.values.of(pair[0]!);
    second[row] = this.values.of(pair[1]!);
  }

  /** Adds a completion whose fields are interned already. A key, node or error of 0 says nothing new. */
  complete(
    process: number,
    outcome: Outcome,
    f: number,
    key: number,
    output: number,
    timeNs: number,
    node: number,
    error: number,
  ): void {
    const columns = this.#columns;
    const row = this.#openRow(process);
    if (row < 0) this.#idle(process, outcome);
    if (columns.f[row] !== f) this.#otherF(row, f);
    if (key !== 0 && columns.key[row] !== key) this.#otherKey(row, key);
    if (node >= MAX_NODES) throw this.problem(`more than ${MAX_NODES} nodes`);
    columns.complete[row] = this.#events++;
    columns.outcome[row] = outcome;
    columns.output[row] = output;
    columns.completeNs[row] = timeNs;
    if (node !== 0) columns.node[row] = node;
    if (error !== 0) columns.error[row] = error;
    if (process < this.#open.length) this.#open[process] = 0;
    else this.#openOthers.delete(process);
  }

  finish(): History {
    const count = this.#count;
    const columns = Object.entries(this.#columns).map(([name, column]) => [name, column.subarray(0, count)] as const);
    return {
      count,
      events: this.#events,
      ...(Object.fromEntries(columns) as unknown as Columns),
      fs: this.fs.values as string[],
      keys: this.keys.values,
      values: this.values.values,
      nodes: this.nodes.values as (string | undefined)[],
      errors: this.errors.values as (string | undefined)[],
      nemesis: this.#nemesis,
    };
  }

  checkProcess(process: Process): asserts process is number {
    if (typeof process !== 'number' || !Number.isInteger(process) || process < 0 || process > 2 ** 31 - 1) {
      throw this.problem(`expected a process number from 0 to 2147483647 or "nemesis", found ${String(process)}`);
    }
  }

  problem(message: string): Error {
    return malformedLine(this.#file, this.line, message);
  }

  #openRow(process: number): number {
    if (process < this.#open.length) return this.#open[process]! - 1;
    return this.#openOthers.get(process) ?? -1;
  }

  #setOpen(process: number, row: number): void {
    if (process >= DIRECT_PROCESSES) {
      this.#openOthers.set(process, row);
      return;
    }
    let size = this.#open.length;
    while (size <= process) size *= 2;
    const grown = new Int32Array(size);
    grown.set(this.#open);
    grown[process] = row + 1;
    this.#open = grown;
  }

  #grow(): void {
    this.#capacity *= 2;
    const grown = allocate(this.#capacity);
    for (const name of Object.keys(grown) as (keyof Columns)[]) grown[name].set(this.#columns[name]);
    this.#columns = grown;
  }

  #busy(process: number, row: number): never {
    throw this.problem(
      `expected the completion of process ${process}'s ${this.#fOf(row)} (event ${this.#columns.invoke[row]!}), ` +
        `found another invocation: a process works on one operation at a time`,
    );
  }

  #idle(process: number, outcome: Outcome): never {
    throw this.problem(
      `expected an invocation of process ${process} first, found its completion (${COMPLETIONS[outcome]})`,
    );
  }

  #otherF(row: number, f: number): never {
    throw this.problem(`expected the completion of ${this.#fOf(row)}, found one of ${nameOf(this.fs, f)}`);
  }

  #otherKey(row: number, key: number): never {
    const [asked, found] = [this.#columns.key[row]!, key].map((id) => this.keys.values[id]);
    const expected = asked === undefined ? 'no key' : `key ${stringifyJson(asked)}`;
    throw this.problem(`expected ${expected} as in the invocation, found key ${stringifyJson(found ?? null)}`);
  }

  #fOf(row: number): string {
    return nameOf(this.fs, this.#columns.f[row]!);
  }
}

/** A history made of events, for tests and small importers. */
export function fromEvents(events: Iterable<HistoryEvent>, options?: BuilderOptions): History {
  const builder = new HistoryBuilder(options);
  for (const event of events) builder.add(event);
  return builder.finish();
}

function nameOf(names: Interner, id: number): string {
  return stringifyJson(names.values[id] ?? null);
}

const OUTCOMES = { ok: OK, fail: FAIL, info: INFO } as const;
const COMPLETIONS = ['ok', 'fail', 'info'] as const;

/** The columns of a history as they grow. */
type Columns = ReturnType<typeof allocate>;

function allocate(capacity: number) {
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
    first: new Int32Array(shared(4)),
    second: new Int32Array(shared(4)),
    invokeNs: new Float64Array(shared(8)),
    completeNs: new Float64Array(shared(8)),
    node: new Uint16Array(shared(2)),
    error: new Int32Array(shared(4)),
  };
}
