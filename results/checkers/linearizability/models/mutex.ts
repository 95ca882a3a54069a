/** A lock: `acquire` succeeds only while it is free, `release` only while it is held. Its states are `free` and `held`. */
import type { Value } from '../../../history/index.ts';
import { defineModel, type Model } from '../model.ts';

export function mutex(options: { readonly init?: Value } = {}): Model {
  const init = options.init ?? 'free';
  return defineModel({
    name: 'mutex',
    init,
    step(state, { f }) {
      if (f === 'acquire') return state === 'free' ? ['held'] : [];
      if (f === 'release') return state === 'held' ? ['free'] : [];
      return [];
    },
    shape: { kind: 'semaphore', permits: 1, held: init === 'free' ? 0 : 1 },
  });
}
