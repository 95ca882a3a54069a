/** The `register` API: read, write and compare-and-set of one value per key, over one connection to one member. */
import { z } from 'zod';
import type { Value } from '../../results/index.ts';
import { Definite, type Client, type Op } from '../../workloads/index.ts';
import type { Endpoint } from '../cluster.ts';
import { rule } from './errors.ts';
import { decode, encode, openGateway, type Gateway } from './gateway.ts';

export interface RegisterOptions {
  /** Ask the member alone (`serializable`: may be stale) instead of the majority. */
  readonly serializable: boolean;
}

/** etcd leaves out fields that hold their zero value: no `kvs` is no key, no `succeeded` is false. */
const Range = z.object({ kvs: z.array(z.object({ value: z.string().default('') })).optional() });
const Put = z.object({ header: z.object({ revision: z.string() }) });
const Txn = z.object({ header: z.object({ revision: z.string() }), succeeded: z.boolean().default(false) });

/** Values are stored as JSON; a read of an absent key is null. */
export function openRegister(endpoint: Endpoint, options: RegisterOptions): Client {
  const gateway = openGateway(endpoint);
  return {
    async invoke(op, signal) {
      if (op.f === 'read') return read(gateway, keyOf(op), options.serializable, signal);
      try {
        if (op.f === 'write') return await write(gateway, keyOf(op), op.value, signal);
        if (op.f === 'cas') return await cas(gateway, keyOf(op), op.value, signal);
      } catch (error) {
        if (error instanceof Definite || rule(error).fate === 'indefinite') throw error;
        throw new Definite(error instanceof Error ? error.message : String(error), { cause: error });
      }
      throw new Definite(`etcd's register knows read, write and cas, not ${op.f}`);
    },
    close: () => gateway.close().catch(() => undefined),
  };
}

function keyOf(op: Op): string {
  return encode(typeof op.key === 'string' ? op.key : JSON.stringify(op.key ?? null));
}

async function read(gateway: Gateway, key: string, serializable: boolean, signal: AbortSignal): Promise<Value> {
  const { kvs } = await gateway.call('/v3/kv/range', { key, serializable }, Range, signal);
  const found = kvs?.[0];
  return found === undefined ? null : (JSON.parse(decode(found.value)) as Value);
}

async function write(gateway: Gateway, key: string, value: Value, signal: AbortSignal): Promise<Value> {
  await gateway.call('/v3/kv/put', { key, value: stored(value) }, Put, signal);
  return value;
}

async function cas(gateway: Gateway, key: string, value: Value, signal: AbortSignal): Promise<Value> {
  const [from, to] = pair(value);
  // A key that does not exist was created at revision 0; its value could not be compared, since it has none.
  const compare =
    from === null
      ? { key, target: 'CREATE', result: 'EQUAL', create_revision: '0' }
      : { key, target: 'VALUE', result: 'EQUAL', value: stored(from) };
  const success = [{ request_put: { key, value: stored(to) } }];
  const { succeeded } = await gateway.call('/v3/kv/txn', { compare: [compare], success }, Txn, signal);
  if (!succeeded) throw new Definite('the comparison failed');
  return value;
}

function pair(value: Value): readonly [Value, Value] {
  const [from, to, more] = (Array.isArray(value) ? value : []) as readonly Value[];
  if (from === undefined || to === undefined || more !== undefined) throw new Definite('a cas takes [from, to]');
  return [from, to];
}

function stored(value: Value): string {
  return encode(JSON.stringify(value));
}
