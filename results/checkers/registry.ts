/**
 * The checkers by name: what a `CheckSpec` names is looked up here.
 *
 * To add one: write `(options) => (history, limits) => verdict`, and give it its line.
 */
import type { Value } from '../history/index.ts';
import { Problem } from '../problem.ts';
import { type Aliases, loadUserModule } from '../user-module.ts';
import { bank } from './bank.ts';
import type { Checker, CheckSpec } from './checker.ts';
import { counter } from './counter.ts';
import { checkModel, defineModel, modelOf, parseOptions } from './linearizability/index.ts';
import { set } from './set.ts';
import { totalQueue } from './total-queue.ts';
import { uniqueIds } from './unique-ids.ts';

/** Options as they stand in run.json; a checker throws a Problem on what it does not know. */
export type CheckerOptions = Readonly<Record<string, Value>>;

export const checkers: Readonly<Record<string, (options: CheckerOptions) => Checker>> = {
  linearizable: (options) => {
    const parsed = parseOptions(options);
    const model = modelOf(parsed);
    return (history, limits) => checkModel(history, model, limits, parsed.algorithm);
  },
  set,
  'total-queue': totalQueue,
  counter,
  bank,
  'unique-ids': uniqueIds,
};

/**
 * The checker that a spec names. Throws a `Problem` if there is none, or not with these options. A user's module exports a
 * model (`defineModel`), which is checked for linearizability, or a checker of its own: a function of history and limits.
 */
export async function findChecker({ name, options, module }: CheckSpec, aliases: Aliases): Promise<Checker> {
  if (module !== undefined) return ownChecker(await loadUserModule(module, aliases), module);
  const make = checkers[name];
  if (make) return make(options ?? {});
  throw new Problem(`There is no checker '${name}'.`, `Take one of: ${Object.keys(checkers).join(', ')}.`);
}

function ownChecker(exported: unknown, module: string): Checker {
  if (typeof exported === 'function') return exported as Checker;
  if (typeof exported === 'object' && exported !== null && 'init' in exported && 'step' in exported) {
    const model = defineModel(exported as Parameters<typeof defineModel>[0]);
    return (history, limits) => checkModel(history, model, limits);
  }
  throw new Problem(
    `The default export of ${module} is neither a model nor a checker.`,
    'Make it with defineModel({ init, step }).',
  );
}
