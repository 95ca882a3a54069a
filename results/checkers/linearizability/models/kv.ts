/** One key of a string store: `put` replaces, `append` adds at the end, `get` returns the whole; at first the empty string. */
import type { Value } from '../../../history/index.ts';
import { same } from '../canonical.ts';
import { defineModel, type Model } from '../model.ts';

/** Every get may see every append since the last put. */
const CONTENT: readonly Value[] = ['content'];

export function kv(options: { readonly init?: Value } = {}): Model {
  return defineModel({
    name: 'kv',
    init: options.init ?? '',
    step(state, { f, input, output }) {
      if (f === 'put') return [input];
      if (f === 'append') return [text(state) + text(input)];
      if (f === 'get') return output === undefined || same(output, state) ? [state] : [];
      return [];
    },
    observer: ({ f }) => f === 'get',
    ...((options.init ?? '') === '' ? { shape: { kind: 'text' } } : {}),
    ties: {
      gives: ({ f }) => (f === 'get' ? [] : CONTENT),
      needs: ({ f }) => (f === 'get' ? CONTENT : []),
      overwrites: ({ f, outcome }) => f === 'put' && outcome === 'ok',
    },
  });
}

function text(value: Value): string {
  return typeof value === 'string' ? value : '';
}
