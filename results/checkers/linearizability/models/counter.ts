/** A counter: `add` of any integer, `increment` and `decrement` by one, `read` of the sum. */
import { defineModel, type Model } from '../model.ts';

export function counter(options: { readonly init?: number } = {}): Model {
  return defineModel({
    name: 'counter',
    init: options.init ?? 0,
    step(state, { f, input, output }) {
      const sum = Number(state);
      if (f === 'add') return [sum + Number(input)];
      if (f === 'increment') return [sum + 1];
      if (f === 'decrement') return [sum - 1];
      if (f === 'read') return output === undefined || output === sum ? [state] : [];
      return [];
    },
    observer: ({ f }) => f === 'read',
    shape: { kind: 'counter', init: options.init ?? 0 },
  });
}
