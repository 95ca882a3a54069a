/**
 * A lock whose `acquire` returns a fencing token, larger than every token before: what keeps a paused holder from doing harm
 * after its lease ran out (Kleppmann, "How to do distributed locking", 2016).
 *
 * `release` may carry the token it gives back. The state is [token or null while it is free or unknown, held, largest token].
 */
import type { Value } from '../../../history/index.ts';
import { isList } from '../canonical.ts';
import { defineModel, type Model } from '../model.ts';

export function fencedLock(): Model {
  return defineModel({
    name: 'fenced-lock',
    init: [null, false, null],
    step(state, { f, input, output }) {
      const [token = null, held = false, largest = null] = isList(state) ? state : [];
      if (f === 'acquire') {
        if (held === true) return [];
        // Of one that crashed nobody saw the token: it may be any that fits in.
        if (output === undefined || output === null) return [[null, true, largest]];
        return largest === null || isLarger(output, largest) ? [[output, true, output]] : [];
      }
      if (f !== 'release' || held !== true) return [];
      return input === null || token === null || input === token ? [[null, false, largest]] : [];
    },
    shape: { kind: 'fenced-lock' },
  });
}

/** Whether one token is larger than another; tokens are integers. */
export function isLarger(a: Value, b: Value): boolean {
  return Number(a) > Number(b);
}
