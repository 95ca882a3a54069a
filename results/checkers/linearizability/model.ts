/**
 * A model: what a correct object would do if operations came one at a time.
 *
 * It is a value for the state and one pure function. `step` returns every state the operation may lead to, and none where
 * the operation could not have had this outcome: most objects return one state or none; a non-deterministic one returns
 * several. A counter, whole:
 *
 *     defineModel({
 *       name: 'counter',
 *       init: 0,
 *       step: (state, { f, input, output }) => {
 *         if (f === 'add') return [Number(state) + Number(input)];
 *         return output === undefined || output === state ? [state] : [];
 *       },
 *       observer: ({ f }) => f === 'read',
 *     });
 *
 * An object made of parts that have nothing to do with each other may say which one an operation concerns: a table of counters
 * would have `key: ({ input }) => input.counter`. Each is then judged by itself, which takes moments where all of them
 * together might take forever.
 */
import type { Value } from '../../history/index.ts';

/** One operation as a model sees it. */
export interface Operation {
  readonly f: string;
  readonly input: Value;
  /** The result; undefined where nobody knows it (outcome `info`). */
  readonly output: Value | undefined;
  /** `ok` it happened; `info` it may happen, at any time after its invocation; `fail` only if the model keeps it. */
  readonly outcome: 'ok' | 'fail' | 'info';
}

export interface Model {
  readonly name: string;
  readonly init: Value;
  /** The states that `operation` may lead to from `state`; empty where it cannot have had this outcome there. */
  step(state: Value, operation: Operation): readonly Value[];
  /**
   * Which part an operation concerns, told by its invocation alone: the state starts as `init` for each part, and no
   * operation sees or changes another part. Default: all operations concern the same one, but for the history's own keys.
   */
  readonly key?: (operation: Pick<Operation, 'f' | 'input'>) => Value;
  /** True for operations that never change any state: searches place them as early as they fit. Default: none. */
  readonly observer?: (operation: Operation) => boolean;
  /** True for failed operations that still say something of the state; all others are dropped. Default: none. */
  readonly keepsFailed?: (operation: Operation) => boolean;
  /** Set by the built-in register: lets the algorithms that know registers take over. */
  readonly register?: RegisterRules;
  /** Set by other built-in models: lets the direct methods for such objects take over. */
  readonly shape?: Shape;
  /** What explanations may leave out, and what has to go with it. Default: observers alone can be left out. */
  readonly ties?: Ties;
}

/** What kind of object it is, where there is a method that decides such objects without a search: see direct/. */
export type Shape =
  | { readonly kind: 'queue' | 'stack' | 'priority-queue' | 'set' | 'append-list' | 'fenced-lock' }
  /** Locks too: with one permit. `held` at the beginning. */
  | { readonly kind: 'semaphore'; readonly permits: number; readonly held: number }
  | { readonly kind: 'counter'; readonly init: number };

/** How a register's histories are to be read. */
export interface RegisterRules {
  /** The value before the first write. */
  readonly init: Value;
  /** A read that returned null saw nothing at all; otherwise it saw "no value yet". */
  readonly nilReadMatchesAnything: boolean;
  /** A failed cas proves that the value was not the expected one; otherwise `fail` only says that nothing happened. */
  readonly failedCasIsEvidence: boolean;
}

/**
 * Which operations hold on to which, so that a violation can be shrunk without inventing one.
 *
 * Leaving out an operation together with all that might need what it gave never makes a linearizable history violate. A read
 * needs its value, a write gives one, a successful cas does both; a queue's dequeue and enqueue of an element give and need it,
 * which makes them leave together.
 */
export interface Ties {
  readonly gives: (operation: Operation) => readonly Value[];
  /** ANYTHING if leaving out any giver might matter. */
  readonly needs: (operation: Operation) => readonly Value[] | typeof ANYTHING;
  /**
   * True for an operation after which nothing given before it can be seen: a register's write. A model that has this lets
   * what is given be seen only by operations that come later.
   */
  readonly overwrites?: (operation: Operation) => boolean;
}

export const ANYTHING = Symbol('anything');

/** Checks the shape at compile time; a model without a name is called 'model'. */
export function defineModel(model: Omit<Model, 'name'> & Partial<Pick<Model, 'name'>>): Model {
  return { name: 'model', ...model };
}
