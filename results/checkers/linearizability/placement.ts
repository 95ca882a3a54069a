/**
 * An order for each key that a person, or another tool, can follow: the certificate of a valid history, and of an invalid one
 * as far as it can be explained.
 *
 * It is worked out again from the history when somebody wants to see it, since no verdict carries it: linear time for
 * registers with unique values, a search under a small budget for others. Every order is replayed before it is handed out;
 * a key for which there is none is missing.
 */
import type { Limits } from '../checker.ts';
import { OK, type History } from '../../history/index.ts';
import { startBudget, type Budget } from './budget.ts';
import { prefixOf } from './explain/prefix.ts';
import { generalSearch } from './general/index.ts';
import type { Model } from './model.ts';
import { modelOf, parseOptions, type LinearizableOptions } from './options.ts';
import { replays } from './outcome.ts';
import { registerValues } from './register-values.ts';
import { splitByKey, type Subhistory } from './subhistory.ts';
import { uniqueOrder } from './unique-order.ts';
import { uniqueRegister } from './unique-register.ts';

export interface Placement {
  /** Index into `history.keys`. */
  readonly key: number;
  /** Rows, in an order that the model accepts; crashed operations that need not have happened are missing. */
  readonly order: readonly number[];
  /**
   * It explains all that completed before this event: the number of events for a key that is valid. With what completed at it
   * there is no such order.
   */
  readonly until: number;
}

/** Keys with more operations are not searched, if their values are not unique and nobody asks for more. */
const SEARCHED = 4000;

/** By the options of the linearizable checker. Throws a Problem on options it does not know. */
export function placementsOf(
  history: History,
  options: LinearizableOptions,
  limits: Limits,
  searched = SEARCHED,
): readonly Placement[] {
  return placementsBy(history, modelOf(parseOptions(options)), limits, searched);
}

export function placementsBy(
  history: History,
  model: Model,
  limits: Limits,
  searched = SEARCHED,
): readonly Placement[] {
  const place = [uniquePlacer(history, model), searchPlacer(history, model, startBudget(limits), searched)];
  return splitByKey(history).flatMap((part) => {
    for (const attempt of place) {
      const found = attempt(part);
      if (found === 'unsuited') continue;
      return found && isTrue(part, found, model) ? [found] : [];
    }
    return [];
  });
}

type Placer = (part: Subhistory) => Placement | undefined | 'unsuited';

/** The order is one of all that had happened by then. */
function isTrue(part: Subhistory, { order, until }: Placement, model: Model): boolean {
  const then = prefixOf(part, until - 1);
  return replays(then.history, then.rows, order, model);
}

/** Registers with unique values. Of those that are violated the longest prefix that is not, by bisection. */
function uniquePlacer(history: History, { register }: Model): Placer {
  if (!register) return () => 'unsuited';
  const values = registerValues(history, register);
  const orderOf = (part: Subhistory): readonly number[] | 'invalid' | 'unsuited' => {
    const verdict = uniqueRegister(part, register, values);
    return verdict.judgement === 'valid' ? uniqueOrder(verdict.clusters) : verdict.judgement;
  };
  return (part) => {
    const whole = orderOf(part);
    if (whole === 'unsuited') return 'unsuited';
    if (whole !== 'invalid') return { key: part.key, order: whole, until: history.events };
    const ends = completions(part);
    let [valid, invalid]: [readonly number[], number] = [[], ends.length - 1];
    for (let low = 0; low < invalid;) {
      const middle = (low + invalid) >>> 1;
      const order = orderOf(prefixOf(part, ends[middle] ?? 0));
      if (typeof order === 'string') invalid = middle;
      else [low, valid] = [middle + 1, order];
    }
    return { key: part.key, order: valid, until: ends[invalid] ?? 0 };
  };
}

/** Event indices at which ok operations completed, in order: nothing else can make a history violate. */
function completions({ history, rows }: Subhistory): Int32Array {
  return rows
    .filter((row) => history.outcome[row] === OK)
    .map((row) => history.complete[row] ?? 0)
    .sort();
}

function searchPlacer(history: History, model: Model, budget: Budget, searched: number): Placer {
  return (part) => {
    if (part.rows.length > searched || budget.exceeded(0) !== undefined) return undefined;
    const outcome = generalSearch(part, model, budget);
    if (outcome.judgement === 'unknown') return undefined;
    if (outcome.judgement === 'invalid') return { key: part.key, order: outcome.longest, until: outcome.cut };
    return outcome.order && { key: part.key, order: outcome.order, until: history.events };
  };
}
