/**
 * Several registers that one operation reads or writes at once.
 *
 * Values are maps `{x: 1, y: 2}` or lists of pairs `[["x", 1], ["y", 2]]`; a `txn` is a list of `["r", k, v]` and `["w", k, v]`
 * steps that take effect together, in order.
 */
import type { Value } from '../../../history/index.ts';
import { canonical, isList, same } from '../canonical.ts';
import { defineModel, type Model } from '../model.ts';
import type { RegisterOptions } from './register.ts';

type State = Readonly<Record<string, Value>>;
type Access = readonly [kind: 'r' | 'w', key: Value, value: Value];

export function multiRegister(options: RegisterOptions = {}): Model {
  const { init = {}, nilReadMatchesAnything = true } = options;
  return defineModel({
    name: 'multi-register',
    init: initial(init),
    step(state, { f, input, output }) {
      const accesses = accessesOf(f, f === 'write' ? input : output === undefined ? input : output);
      const blind = output === undefined;
      let registers = state as State;
      for (const [kind, key, value] of accesses) {
        const name = canonical(key);
        if (kind === 'w') registers = { ...registers, [name]: value };
        else if (blind || (nilReadMatchesAnything && value === null)) continue;
        else if (!same(registers[name] ?? null, value)) return [];
      }
      return [registers];
    },
    observer: ({ f, input }) => f === 'read' || (f === 'txn' && accessesOf(f, input).every(([kind]) => kind === 'r')),
  });
}

function initial(init: Value): State {
  return Object.fromEntries(pairs(init).map(([key, value]) => [canonical(key), value]));
}

function accessesOf(f: string, value: Value): readonly Access[] {
  if (f !== 'txn') return pairs(value).map(([key, each]) => [f === 'write' ? 'w' : 'r', key, each]);
  if (!isList(value)) return [];
  return value.map((step) => {
    const [kind = null, key = null, each = null] = isList(step) ? step : [];
    return [kind === 'w' ? 'w' : 'r', key, each];
  });
}

function pairs(value: Value): readonly (readonly [Value, Value])[] {
  if (value === null || typeof value !== 'object') return [];
  if (!isList(value)) return Object.entries(value);
  return value.map((pair) => (isList(pair) ? [pair[0] ?? null, pair[1] ?? null] : [pair, null]));
}
