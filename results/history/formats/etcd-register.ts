/**
 * One operation on etcd as one on a register: read, write (a delete writes null), cas.
 */
import { isList } from '../json.ts';
import type { Value } from '../event.ts';

type Members = Readonly<Record<string, Value | undefined>>;

export interface EtcdOperation {
  readonly client: number;
  readonly call: bigint;
  readonly return: bigint;
  readonly input: Members;
  readonly output: Members;
}

export interface RegisterOperation {
  readonly f: 'read' | 'write' | 'cas';
  readonly key: string;
  readonly input: Value;
  readonly output: Value;
  readonly outcome: 'ok' | 'fail' | 'info';
  readonly error?: string;
}

type Register = RegisterOperation | { readonly leftOut: string } | { readonly expected: string };

/** Value of a key at a revision, by `keyAt`; where two operations differ on it, nothing is known. */
export type Revisions = ReadonlyMap<string, Value | undefined>;

/** What the answers tell about which value a key had from which revision on. */
export function valuesByRevision(operations: readonly EtcdOperation[]): Revisions {
  const values = new Map<string, Value | undefined>();
  const learn = (key: string, revision: Value | undefined, value: Value | undefined) => {
    if (typeof revision !== 'number' || revision <= 0 || value === undefined) return;
    const at = keyAt(key, revision);
    const known = values.get(at);
    values.set(at, values.has(at) && JSON.stringify(known) !== JSON.stringify(value) ? undefined : value);
  };
  for (const operation of operations) {
    for (const pair of list(members(operation.output['Range'])['KVs'])) {
      const { Key, Value: value, ModRevision } = members(pair);
      if (typeof Key === 'string') learn(Key, ModRevision, valueOf(value));
    }
    const change = changeOf(operation);
    const done = members(operation.output['Txn'])['Failure'] === false && errorOf(operation.output) === undefined;
    if (done && typeof change === 'object' && change.value !== null) {
      learn(change.key, operation.output['Revision'], change.value);
    }
  }
  return values;
}

export function asRegister(operation: EtcdOperation, revisions: Revisions): Register {
  const { input } = operation;
  switch (input['Type']) {
    case 'range':
      return readOf(operation);
    case 'txn':
      return transactionOf(operation, revisions);
    case 'defragment':
    case 'compact':
    case 'leaseGrant':
      return { leftOut: `${input['Type']}, which changes no key` };
    case 'leaseRevoke':
      return { expected: 'no lease revoked: which keys that deletes is not said' };
    default:
      return { expected: 'an Input whose Type is range, txn, leaseGrant, defragment or compact' };
  }
}

function readOf(operation: EtcdOperation): Register {
  const { Start, End, Revision } = members(operation.input['Range']);
  if (typeof Start !== 'string') return { expected: 'a Range with a Start' };
  if (End !== '' && End !== undefined) return { leftOut: 'reads of a range of keys' };
  if (Revision !== 0 && Revision !== undefined) return { leftOut: 'reads at an old revision' };
  const error = errorOf(operation.output);
  const asked = { f: 'read', key: Start, input: null } as const;
  if (error !== undefined) return { ...asked, output: null, outcome: 'info', error };
  const pairs = list(members(operation.output['Range'])['KVs']);
  const output = pairs.length === 0 ? null : valueOf(members(pairs[0])['Value']);
  if (operation.output['Range'] === undefined || operation.output['Range'] === null || output === undefined) {
    return { expected: 'an Output with the Range that was read' };
  }
  return timely(operation, { ...asked, output, outcome: 'ok' });
}

function transactionOf(operation: EtcdOperation, revisions: Revisions): Register {
  const change = changeOf(operation);
  if (change === 'only reads') return { leftOut: 'transactions that only read' };
  if (typeof change === 'string') return { expected: change };
  const { key, value, expectedRevision, readsOnFailure } = change;
  const error = errorOf(operation.output);
  const failed = members(operation.output['Txn'])['Failure'];
  if (error === undefined && typeof failed !== 'boolean') return { expected: 'an Output with the Txn that was done' };
  const seen = error === undefined && failed === true && readsOnFailure ? failureRead(operation, key) : undefined;
  if (seen !== undefined) return timely(operation, seen);
  const outcome = error === undefined ? (failed === true ? 'fail' : 'ok') : 'info';
  const shown = error === undefined ? {} : { error };
  const from = expectedRevision === 0 ? null : revisions.get(keyAt(key, expectedRevision ?? -1));
  // Without the value that was compared, all that is known is what was written.
  const isCas = expectedRevision !== undefined && from !== undefined;
  const argument = isCas ? [from, value] : value;
  const output = outcome === 'ok' ? argument : null;
  return timely(operation, { f: isCas ? 'cas' : 'write', key, input: argument, output, outcome, ...shown });
}

/** A compare that failed and read the key instead is a read. */
function failureRead(operation: EtcdOperation, key: string): RegisterOperation | undefined {
  const [result] = list(members(operation.output['Txn'])['Results']);
  const pairs = list(members(result)['KVs']);
  const output = pairs.length === 0 ? null : valueOf(members(pairs[0])['Value']);
  if (result === undefined || output === undefined) return undefined;
  return { f: 'read', key, input: null, output, outcome: 'ok' };
}

interface Change {
  readonly key: string;
  /** null for a delete. */
  readonly value: Value;
  /** Modification revision the key must have; 0: it must not exist; absent: whatever it has. */
  readonly expectedRevision?: number;
  readonly readsOnFailure: boolean;
}

/** The one change a transaction makes, or what we would have expected. */
function changeOf(operation: EtcdOperation): Change | string {
  const { Conditions, OperationsOnSuccess, OperationsOnFailure } = members(operation.input['Txn']);
  const conditions = list(Conditions);
  const onSuccess = list(OperationsOnSuccess);
  const onFailure = list(OperationsOnFailure);
  if ([...onSuccess, ...onFailure].every((step) => members(step)['Type'] === 'range-operation')) return 'only reads';
  const [step] = onSuccess;
  if (onSuccess.length !== 1 || step === undefined)
    return 'a transaction with a single change: a register has no other';
  const put = putOf(members(step));
  if (typeof put === 'string') return put;
  const [condition] = conditions;
  const reads = onFailure.length === 1 && isReadOf(members(onFailure[0]), put.key);
  if (onFailure.length > 0 && !reads) return 'a transaction whose failure at most reads the key it would have changed';
  if (condition === undefined) return { ...put, readsOnFailure: reads };
  const { Key, ExpectedRevision, ExpectedVersion } = members(condition);
  const isOnRevision = (ExpectedVersion === undefined || ExpectedVersion === 0) && typeof ExpectedRevision === 'number';
  if (conditions.length !== 1 || Key !== put.key || !isOnRevision) {
    return 'a transaction with a single condition, on the revision of the key it changes';
  }
  return { ...put, expectedRevision: ExpectedRevision, readsOnFailure: reads };
}

function putOf(step: Members): { key: string; value: Value } | string {
  const put = members(step['Put']);
  const key = step['Type'] === 'delete-operation' ? members(step['Delete'])['Key'] : put['Key'];
  if (typeof key !== 'string') return 'an operation with a Key';
  if (step['Type'] === 'delete-operation') return { key, value: null };
  if (step['Type'] !== 'put-operation') return 'a put-operation, delete-operation or range-operation';
  if (put['LeaseID'] !== undefined && put['LeaseID'] !== 0) return 'a put without a lease: when that ends is not said';
  const value = valueOf(put['Value']);
  return value === undefined ? 'a put with a Value' : { key, value };
}

function isReadOf(step: Members, key: string): boolean {
  const { Start, End } = members(step['Range']);
  return step['Type'] === 'range-operation' && Start === key && (End === '' || End === undefined);
}

/** A text, or the hash that stands for a long one; `{}` is the empty text. */
function valueOf(value: Value | undefined): Value | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || isList(value)) return undefined;
  const { Value: text, Hash: hash } = value as Members;
  if (hash !== undefined && hash !== 0) return { hash };
  return typeof text === 'string' ? text : text === undefined ? '' : undefined;
}

/** Why the answer does not tell that the operation was done and when; nothing if it does. */
function errorOf(output: Members): string | undefined {
  for (const name of ['Error', 'ClientError']) {
    const error = output[name];
    if (typeof error === 'string' && error !== '') return error;
  }
  return output['Persisted'] === true || output['PartialResponse'] === true ? 'no answer' : undefined;
}

function timely(operation: EtcdOperation, result: RegisterOperation): Register {
  if (result.outcome === 'info' || operation.return >= operation.call) return result;
  return { expected: 'a Return that is not before its Call' };
}

function keyAt(key: string, revision: number): string {
  return `${revision} ${key}`;
}

function members(value: Value | undefined): Members {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function list(value: Value | undefined): readonly Value[] {
  return typeof value === 'object' && value !== null && isList(value) ? value : [];
}
