/**
 * The operations.json of etcd's robustness tests: indented JSON objects one after another, each a whole operation of one
 * client (`ClientId`, in newer files `ClientID`): Input, Call, Output, Return. Names as in etcd's tests/robustness/model.
 *
 * What becomes of them is a register per key; nothing is guessed. Every step only takes evidence away, so that no correct
 * etcd is convicted: a read at an old revision, or of more than one key, is left out and counted; a compare on a revision
 * becomes a compare on the value that had it; an answer of unknown fate stays open. A write that has no such form (more than
 * one key, a lease) is a `Problem`.
 */
import type { HistoryEvent, Value } from '../event.ts';
import { fromEvents } from '../builder.ts';
import type { History } from '../history.ts';
import { isList, parseJsonSequence } from '../json.ts';
import { Malformed, malformedBytes } from '../malformed.ts';
import { asRegister, type EtcdOperation, type RegisterOperation, valuesByRevision } from './etcd-register.ts';

export interface EtcdOptions {
  /** Hears what was left out. */
  readonly onNotice?: (sentence: string) => void;
}

/** Reads the files of one test (one for each client). Throws a `Problem` naming file and line. */
export function parseEtcd(files: readonly { path: string; bytes: Uint8Array }[], options: EtcdOptions = {}): History {
  const placed = files.flatMap(({ path, bytes }) => operationsOf(path, bytes));
  const values = valuesByRevision(placed.map(({ operation }) => operation));
  const kept: Timed[] = [];
  const leftOut = new Map<string, number>();
  for (const { operation, path, bytes, at } of placed) {
    const result = asRegister(operation, values);
    if ('expected' in result) throw malformedBytes(path, bytes, new Malformed(at, result.expected));
    if ('leftOut' in result) leftOut.set(result.leftOut, (leftOut.get(result.leftOut) ?? 0) + 1);
    else kept.push({ ...result, client: operation.client, call: operation.call, return: operation.return });
  }
  for (const [what, count] of leftOut) options.onNotice?.(`${count} left out: ${what}.`);
  const file = files.length === 1 ? files[0]?.path : undefined;
  return fromEvents(eventsInOrder(kept), file === undefined ? {} : { file });
}

interface Timed extends RegisterOperation {
  readonly client: number;
  readonly call: bigint;
  readonly return: bigint;
}

interface Placed {
  readonly operation: EtcdOperation;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly at: number;
}

function operationsOf(path: string, bytes: Uint8Array): Placed[] {
  const placed: Placed[] = [];
  try {
    for (const { value, at } of parseJsonSequence(bytes)) {
      placed.push({ operation: operationOf(value, at), path, bytes, at });
    }
  } catch (error) {
    if (error instanceof Malformed) throw malformedBytes(path, bytes, error);
    throw error;
  }
  return placed;
}

function operationOf(value: Value, at: number): EtcdOperation {
  const fields = membersOf(value);
  const client = fields?.['ClientId'] ?? fields?.['ClientID'];
  const { Call, Return, Input, Output } = fields ?? {};
  if (typeof client !== 'number') throw new Malformed(at, 'an operation with a number as ClientId');
  const call = integer(Call);
  const end = integer(Return);
  if (call === undefined || end === undefined) throw new Malformed(at, 'an operation with integers as Call and Return');
  const input = membersOf(Input);
  const output = membersOf(Output);
  if (input === undefined || output === undefined)
    throw new Malformed(at, 'an operation with objects as Input and Output');
  return { client, call, return: end, input, output };
}

/**
 * Where a call and a return have one time, the call comes first: then they overlap, the weaker claim. A client whose last
 * operation is still open goes on under a new process number.
 */
function eventsInOrder(operations: readonly Timed[]): HistoryEvent[] {
  const bounds = operations.flatMap((operation, i) => {
    const end = operation.outcome === 'info' ? [] : [{ time: operation.return, isReturn: true, i }];
    return [{ time: operation.call, isReturn: false, i }, ...end];
  });
  bounds.sort((a, b) => Number(a.time - b.time) || Number(a.isReturn) - Number(b.isReturn));
  const processes = new Processes(operations);
  const start = bounds[0]?.time ?? 0n;
  const events = bounds.map(({ time, isReturn, i }): HistoryEvent => {
    const { f, key, input, output, outcome } = operations[i]!;
    const process = isReturn ? processes.finish(i) : processes.begin(i);
    const timeNs = Number(time - start);
    return { process, type: isReturn ? outcome : 'invoke', f, key, value: isReturn ? output : input, timeNs };
  });
  // Of unknown fate: open to the end, where the error is told.
  const endNs = events.at(-1)?.timeNs ?? 0;
  for (const [i, { f, key, outcome, error }] of operations.entries()) {
    if (outcome !== 'info') continue;
    const shown = error === undefined ? {} : { error };
    events.push({ process: processes.finish(i), type: 'info', f, key, value: null, timeNs: endNs, ...shown });
  }
  return events;
}

class Processes {
  readonly #operations: readonly Timed[];
  readonly #busy = new Set<number>();
  readonly #of = new Map<number, number>();
  #next: number;

  constructor(operations: readonly Timed[]) {
    this.#operations = operations;
    this.#next = operations.reduce((most, { client }) => Math.max(most, client), 0) + 1;
  }

  begin(i: number): number {
    const { client } = this.#operations[i]!;
    const process = this.#busy.has(client) ? this.#next++ : client;
    this.#busy.add(process);
    this.#of.set(i, process);
    return process;
  }

  finish(i: number): number {
    const process = this.#of.get(i)!;
    this.#busy.delete(process);
    return process;
  }
}

function membersOf(value: Value | undefined): Readonly<Record<string, Value | undefined>> | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
}

function integer(value: Value | undefined): bigint | undefined {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
    ? BigInt(value)
    : undefined;
}
