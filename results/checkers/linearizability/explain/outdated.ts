/**
 * An outdated read or cas, found directly: what it saw was surely gone when it began.
 *
 * Whoever gave the value (a write, a cas, the beginning) was over before some operation began which shows another value, and
 * that one was over before the read began. So the value had been replaced, and nobody could bring it back in time. One
 * pass; nothing that is left out of the witness can matter, since every giver was looked at.
 */
import { NEVER } from '../../../history/index.ts';
import { NOTHING, type Accesses } from './accesses.ts';

/** Places among the accesses; `giver` is -1 where only the beginning gave the value, `newer` too where nothing ever did. */
export interface Outdated {
  readonly observer: number;
  /** Began after every giver was over, and ended before the observer began: then the value was another one. */
  readonly newer: number;
  /** The last giver. */
  readonly giver: number;
}

/** `observer` must have completed. Undefined if it may have seen what it saw, as far as times tell. */
export function outdated(accesses: Accesses, observer: number): Outdated | undefined {
  const { count, saw, wrote, from, until, init } = accesses;
  const value = saw[observer]!;
  const [begun, ended] = [from[observer]!, until[observer]!];
  let giver = -1;
  let given = value === init ? -1 : -2;
  let [written, changed, shown] = [-1, -1, -1];
  for (let each = 0; each < count && from[each]! < ended; each++) {
    if (each === observer) continue;
    if (wrote[each] === value) {
      if (until[each] === NEVER) return undefined;
      if (until[each]! > given) [giver, given] = [each, until[each]!];
    } else if (until[each]! < begun) {
      if (wrote[each] !== NOTHING && saw[each] === NOTHING) written = each;
      else if (wrote[each] !== NOTHING) changed = each;
      else if (saw[each] !== value) shown = each;
    }
  }
  if (given === -2) return { observer, newer: -1, giver: -1 };
  // Accesses come in order of invocation: the last is the one that began last. A write tells more than a read, and needs no
  // source as a cas does.
  const newer = [written, changed, shown].find((each) => each >= 0 && from[each]! > given);
  return newer === undefined ? undefined : { observer, newer, giver };
}
