/** A list that only grows: `append` adds one element at the end, `read` returns the whole. */
import { isList, same } from '../canonical.ts';
import { defineModel, type Model } from '../model.ts';

export function appendList(): Model {
  return defineModel({
    name: 'append-list',
    init: [],
    step(state, { f, input, output }) {
      if (f === 'append') return [[...(isList(state) ? state : []), input]];
      if (f === 'read') return output === undefined || same(output ?? [], state) ? [state] : [];
      return [];
    },
    observer: ({ f }) => f === 'read',
    shape: { kind: 'append-list' },
    // An append leaves together with the reads that saw it.
    ties: {
      gives: ({ f, input }) => (f === 'append' ? [input] : []),
      needs: ({ f, output }) => (f === 'read' && isList(output) ? output : []),
    },
  });
}
