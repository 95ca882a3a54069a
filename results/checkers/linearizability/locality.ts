/**
 * The keys that a model gives its operations: each key is an object of its own, and judged by itself.
 *
 * Linearizability is local (Herlihy and Wing 1990), so a model that can say which part of the state an operation concerns turns
 * one search that is exponential in all of them into many small ones.
 */
import type { History, Value } from '../../history/index.ts';
import { Problem } from '../../problem.ts';
import { canonical } from './canonical.ts';
import type { Model } from './model.ts';
import { valueText } from './explain/phrase.ts';
import { tupleTable } from './tuples.ts';

/**
 * The history with the model's keys in place of "no key", or beside the keys that it has as pairs `[key, model's key]`; itself
 * if the model has none. Throws a `Problem` where `key` says nothing.
 */
export function withModelKeys(history: History, model: Model): History {
  if (!model.key) return history;
  const { f, input, key: before, count, fs, values } = history;
  const column = new Int32Array(new SharedArrayBuffer(4 * count));
  const keys: (Value | undefined)[] = [undefined];
  const idOf = new Map<string, number>();
  // Asked once for each kind of operation on each key.
  const asked = tupleTable();
  const answers: number[] = [];
  const words = new Int32Array(3);
  const answer = (row: number): number => {
    const operation = { f: fs[f[row]!] ?? '', input: values[input[row]!] ?? null };
    const own: Value | undefined = model.key?.(operation);
    if (own === undefined) throw silent(model, operation);
    const outer = history.keys[before[row]!];
    const key = outer === undefined ? own : [outer, own];
    const text = canonical(key);
    const known = idOf.get(text);
    if (known !== undefined) return known;
    idOf.set(text, keys.length);
    return keys.push(key) - 1;
  };
  for (let row = 0; row < count; row++) {
    words[0] = f[row]!;
    words[1] = input[row]!;
    words[2] = before[row]!;
    const id = asked.intern(words, 3);
    if (id === answers.length) answers.push(answer(row));
    column[row] = answers[id]!;
  }
  return { ...history, key: column, keys };
}

function silent({ name }: Model, { f, input }: { readonly f: string; readonly input: Value }): Problem {
  return new Problem(
    `The model '${name}' gives no key for '${f}' of ${valueText(input)}.`,
    'Let `key` return a key for every operation, or leave `key` out: then all operations are judged together.',
  );
}
