/**
 * What etcd's refusals and a broken connection say about a write: did it certainly not happen, or does nobody know?
 *
 * Doubt is the default. An error is definite only where etcd's sources show that it is returned before the proposal
 * enters the Raft log, or where not one byte of the request can have left. Each row says why. Reads never ask here: a
 * read that returned nothing observed nothing.
 */

/** A refusal that etcd (or the gateway in front of it) answered with. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  /** HTTP status. */
  readonly status: number;
  /** gRPC code; null where the body was not the gateway's. */
  readonly code: number | null;

  constructor(status: number, code: number | null, message: string) {
    super(message === '' ? `HTTP ${status}` : message);
    this.status = status;
    this.code = code;
  }
}

export interface Ruling {
  readonly fate: 'definite' | 'indefinite';
  readonly why: string;
}

interface Row extends Ruling {
  /** Start of etcd's message, or a whole one. */
  readonly message: string;
}

/**
 * By message, because one gRPC code covers both kinds (Unavailable is "no leader" as well as "request timed out"); the
 * first row that is a prefix wins. From etcd's rpctypes/error.go, v3rpc/key.go, v3rpc/quota.go, v3_server.go.
 */
export const REFUSALS: readonly Row[] = [
  {
    message: 'etcdserver: too many requests',
    fate: 'definite',
    why: 'the server turns it away before it proposes anything, because applying lags behind committing',
  },
  {
    message: 'etcdserver: request is too large',
    fate: 'definite',
    why: 'the size is checked before the proposal',
  },
  {
    message: 'etcdserver: no leader',
    fate: 'definite',
    why: 'said by the interceptor in front of the handler when the member knows of no leader',
  },
  {
    message: 'raft proposal dropped',
    fate: 'definite',
    why: 'the local Raft node refused to append or forward it, and etcd does not propose it again',
  },
  { message: 'etcdserver: key is not provided', fate: 'definite', why: 'validation before the proposal' },
  { message: 'etcdserver: too many operations', fate: 'definite', why: 'validation before the proposal' },
  { message: 'etcdserver: duplicate key', fate: 'definite', why: 'validation before the proposal' },
  { message: 'etcdserver: rpc not supported for learner', fate: 'definite', why: 'said by an interceptor' },
  { message: 'etcdserver: not capable', fate: 'definite', why: 'said by an interceptor' },
  {
    message: 'etcdserver: mvcc: database space exceeded',
    fate: 'indefinite',
    why: 'the front door turns it away, but the applier that finds the quota used up applies the write all the same and reports this',
  },
  {
    message: 'etcdserver: request timed out',
    fate: 'indefinite',
    why: 'the proposal may have reached the log, or may reach it through a later leader; so for all variants (leader failure, connection lost, applied index)',
  },
  {
    message: 'etcdserver: leader changed',
    fate: 'indefinite',
    why: 'nothing says how far the request had come',
  },
  {
    message: 'etcdserver: server stopped',
    fate: 'indefinite',
    why: 'the server gave up waiting for a proposal that it had made',
  },
  {
    message: 'etcdserver: unhealthy cluster',
    fate: 'indefinite',
    why: 'nothing says how far the request had come',
  },
  {
    message: 'etcdserver: corrupt cluster',
    fate: 'indefinite',
    why: 'a member whose data differ from the others is no witness',
  },
];

const DOUBT: Ruling = { fate: 'indefinite', why: 'not known to come before the proposal' };

/** The phase of a socket in which no byte of a request has been written. */
const CONNECT: Ruling = { fate: 'definite', why: 'no connection came about, so no byte of the request was sent' };

/**
 * Rules on an error of a write. Beware of published ports: Docker's proxy accepts the connection even where nothing
 * listens behind it, so a reset after connecting proves nothing, however early it comes.
 */
export function rule(error: unknown): Ruling {
  if (error instanceof EtcdError) return REFUSALS.find(({ message }) => error.message.startsWith(message)) ?? DOUBT;
  if (isConnectFailure(error)) return CONNECT;
  return { fate: 'indefinite', why: 'the request may have been read before the connection broke or the time was up' };
}

function isConnectFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && error.code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  // Node tries all addresses of a name and gathers the failures; none may have got further than connecting.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isConnectFailure);
  return 'syscall' in error && error.syscall === 'connect';
}
