/**
 * The certificate of a valid history, written out: for each key an order of its operations that anybody can replay.
 *
 * Registers with unique values give theirs in passing, the general search finds one or runs out of time; the other methods
 * prove without an order, so their keys are searched again here. Each order is replayed before it is written. The file has a line
 * a key, `{"key":"x","order":[0,4,2]}`: operations by the event index of their invocation, those of unknown fate that never
 * happened left out; `key` is missing where the history has none.
 */
import { type History, type Value, writeLines } from '../../history/index.ts';
import { stringifyJson } from '../../history/json.ts';
import type { Limits } from '../checker.ts';
import { valueText } from './explain/phrase.ts';
import type { LinearizableOptions } from './options.ts';
import { placementsOf } from './placement.ts';
import { splitByKey } from './subhistory.ts';

/** Keys without an order that are named. */
const NAMED = 10;

/**
 * Writes the orders of a history that was found linearizable, and says in a sentence what stands in the file and what does not.
 * Throws a `Problem` if it cannot be written.
 */
export function writeOrders(history: History, options: LinearizableOptions, limits: Limits, path: string): string {
  const parts = splitByKey(history);
  const orders = new Map(
    placementsOf(history, options, limits, Infinity)
      .filter(({ until }) => until === history.events)
      .map(({ key, order }) => [key, order]),
  );
  writeLines(
    path,
    [...orders].map(([key, order]) => lineOf(history, key, order)),
  );
  const without = parts.filter(({ key }) => !orders.has(key)).map(({ key }) => history.keys[key]);
  return sentence(path, orders.size, without);
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
  return `An order of the operations of ${written} keys stands in ${path}; proven without one, and none found within the limits: ${names.join(', ')}${more}.`;
}
