/**
 * The certificate of a valid history, written out: for each key an order of its operations that anybody can replay.
 *
 * Registers with unique values give theirs in passing, the general search finds one or runs out of time; the other methods
 * prove without an order, so their keys are searched again here. Each order is replayed before it is written. The file has a line
 * a key, `{"key":"x","order":[0,4,2]}`: operations by the event index of their invocation, those of unknown fate that never
 * happened left out; `key` is missing where the history has none.
 */
import type { History, Value } from '../../history/index.ts';
import { writeLines } from '../../history/index.ts';
import { stringifyJson } from '../../history/json.ts';
import type { Limits } from '../checker.ts';
import { valueText } from './explain/phrase.ts';
import { generalSearch } from './general/index.ts';
import type { Model, RegisterRules } from './model.ts';
import { type LinearizableOptions, modelOf, parseOptions } from './options.ts';
import { type Linearizable, replays } from './outcome.ts';
import type { Judge } from './portfolio.ts';
import { registerValues } from './register-values.ts';
import { judgeInRounds } from './rounds.ts';
import { splitByKey, type Subhistory } from './subhistory.ts';
import { uniqueOrder } from './unique-order.ts';
import { uniqueRegister } from './unique-register.ts';

/** Keys without an order that are named. */
const NAMED = 10;

/**
 * Writes the orders of a history that was found linearizable, and says in a sentence what stands in the file and what does not.
 * Throws a `Problem` if it cannot be written.
 */
export function writeOrders(history: History, options: LinearizableOptions, limits: Limits, path: string): string {
  const parts = splitByKey(history);
  const orders = ordersOf(history, parts, modelOf(parseOptions(options)), limits);
  writeLines(
    path,
    orders.flatMap((order, index) => (order ? [lineOf(history, parts[index]?.key ?? 0, order)] : [])),
  );
  const without = parts.filter((_, index) => !orders[index]).map(({ key }) => history.keys[key]);
  return sentence(path, parts.length - without.length, without);
}

/** By part: rows in an order that replays, or undefined where none was found. */
export function ordersOf(
  history: History,
  parts: readonly Subhistory[],
  model: Model,
  limits: Limits,
): (readonly number[] | undefined)[] {
  const unique = model.register && orderOfUnique(history, model.register);
  const judge: Judge = (part, budget) => unique?.(part) ?? generalSearch(part, model, budget);
  const outcomes = judgeInRounds(parts, judge, limits, performance.now());
  return parts.map(({ rows }, index) => {
    const outcome = outcomes[index];
    const order = outcome?.judgement === 'valid' ? outcome.order : undefined;
    return order && replays(history, rows, order, model) ? order : undefined;
  });
}

function orderOfUnique(history: History, rules: RegisterRules): (part: Subhistory) => Linearizable | undefined {
  const values = registerValues(history, rules);
  return (part) => {
    const verdict = uniqueRegister(part, rules, values);
    if (verdict.judgement !== 'valid') return undefined;
    const order = uniqueOrder(verdict.clusters);
    return { judgement: 'valid', algorithm: 'unique-register', order };
  };
}

function lineOf(history: History, key: number, order: readonly number[]): string {
  const name = history.keys[key];
  const events = order.map((row) => history.invoke[row] ?? 0);
  return stringifyJson(name === undefined ? { order: events } : { key: name, order: events });
}

function sentence(path: string, written: number, without: readonly (Value | undefined)[]): string {
  if (without.length === 0) return `An order of the operations of every key stands in ${path}.`;
  const names = without.slice(0, NAMED).map((key) => (key === undefined ? 'the only one' : valueText(key)));
  const more = without.length > NAMED ? ` and ${without.length - NAMED} more` : '';
  return `An order of the operations of ${written} keys stands in ${path}; proven without one, and none found in time: ${names.join(', ')}${more}.`;
}
