/** A semaphore: `acquire` takes one of `permits`, `release` gives one back. Its state is the number of permits held. */
import { defineModel, type Model } from '../model.ts';

export function semaphore(options: { readonly permits?: number } = {}): Model {
  const { permits = 1 } = options;
  return defineModel({
    name: 'semaphore',
    init: 0,
    step(state, { f }) {
      const held = Number(state);
      if (f === 'acquire') return held < permits ? [held + 1] : [];
      if (f === 'release') return held > 0 ? [held - 1] : [];
      return [];
    },
    shape: { kind: 'semaphore', permits, held: 0 },
  });
}
