/** The built-in models by name. */
import type { Model } from '../model.ts';
import { appendList } from './append-list.ts';
import { priorityQueue, queue, set, stack } from './collections.ts';
import { counter } from './counter.ts';
import { fencedLock } from './fenced-lock.ts';
import { kv } from './kv.ts';
import { multiRegister } from './multi-register.ts';
import { mutex } from './mutex.ts';
import { register, type RegisterOptions } from './register.ts';
import { semaphore } from './semaphore.ts';

export {
  appendList,
  counter,
  fencedLock,
  kv,
  multiRegister,
  mutex,
  priorityQueue,
  queue,
  register,
  semaphore,
  set,
  stack,
};
export type { RegisterOptions };

/** What a model can be told; each takes what concerns it. */
export type ModelOptions = RegisterOptions & { readonly permits?: number };

export const models: Readonly<Record<string, (options: ModelOptions) => Model>> = {
  register,
  'multi-register': multiRegister,
  mutex: ({ init = 'free' }) => mutex({ init }),
  kv: ({ init = '' }) => kv({ init: init }),
  queue,
  stack,
  'priority-queue': priorityQueue,
  set,
  'append-list': appendList,
  'fenced-lock': fencedLock,
  semaphore: ({ permits }) => semaphore(permits === undefined ? {} : { permits }),
  counter: ({ init }) => counter({ init: Number(init ?? 0) }),
};

/** What each can be told; the others are not its business. */
export const optionsOfModels: Readonly<Record<string, readonly (keyof ModelOptions)[]>> = {
  register: ['init', 'nilReadMatchesAnything', 'failedCasIsEvidence'],
  'multi-register': ['init', 'nilReadMatchesAnything'],
  mutex: ['init'],
  kv: ['init'],
  semaphore: ['permits'],
  counter: ['init'],
};

/** The operations that each knows. */
export const vocabularies: Readonly<Record<string, readonly string[]>> = {
  register: ['read', 'write', 'cas'],
  'multi-register': ['read', 'write', 'txn'],
  mutex: ['acquire', 'release'],
  kv: ['put', 'append', 'get'],
  queue: ['enqueue', 'dequeue'],
  stack: ['push', 'pop'],
  'priority-queue': ['insert', 'poll'],
  set: ['add', 'remove', 'contains', 'read'],
  'append-list': ['append', 'read'],
  'fenced-lock': ['acquire', 'release'],
  semaphore: ['acquire', 'release'],
  counter: ['add', 'increment', 'decrement', 'read'],
};
