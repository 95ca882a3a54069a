/**
 * The client contract: one connection, used by one process at a time.
 *
 * Returning from `invoke` means the operation happened, and the result is what it returned. Throwing `Definite` means it
 * certainly did not happen. Any other throw means nobody knows: doubt is the default. A client must not retry on its
 * own: a retried write is two writes, and the history would show one. It must not hide an error in a value either.
 */
import type { Op } from './op.ts';
import type { Value } from '../results/index.ts';

export interface Client {
  /**
   * Carry out one operation. `signal` aborts at the operation's deadline; the harness then goes on without waiting, so
   * a client need only stop working. Returns the value of the `ok` completion: what a read saw, what a write wrote.
   */
  invoke(op: Op, signal: AbortSignal): Promise<Value>;
  /** Release the connection; never throws, and may be called while an invoke is pending. */
  close(): Promise<void>;
}

/** The operation certainly did not happen. `message` is recorded as the event's error. */
export class Definite extends Error {
  override readonly name = 'Definite';
}
