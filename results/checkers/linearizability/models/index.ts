/** The built-in models by name. */
import type { Model } from '../model.ts';
import { priorityQueue, queue, set, stack } from './collections.ts';
import { counter } from './counter.ts';
import { kv } from './kv.ts';
import { multiRegister } from './multi-register.ts';
import { mutex } from './mutex.ts';
import { register, type RegisterOptions } from './register.ts';

export { counter, kv, multiRegister, mutex, priorityQueue, queue, register, set, stack };
export type { RegisterOptions };

/** What a model can be told; each takes what concerns it. */
export type ModelOptions = RegisterOptions;

export const models: Readonly<Record<string, (options: ModelOptions) => Model>> = {
  register,
  'multi-register': multiRegister,
  mutex: ({ init = 'free' }) => mutex({ init }),
  kv: ({ init = '' }) => kv({ init: init }),
  queue,
  stack,
  'priority-queue': priorityQueue,
  set,
  counter: ({ init }) => counter({ init: Number(init ?? 0) }),
};
