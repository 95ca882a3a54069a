/**
 * What each operation of a register saw and wrote, in columns: explanations look up who gave a value and who saw it.
 */
import { FAIL, INFO, NEVER } from '../../../history/index.ts';
import type { RegisterRules } from '../model.ts';
import { CAS, OTHER, READ, registerValues } from '../register-values.ts';
import type { Subhistory } from '../subhistory.ts';

/** Stands for "saw nothing" and "wrote nothing". */
export const NOTHING = -1;

/**
 * In order of invocation: ok reads, and writes and cas that happened or may have. Not in it: what failed, and what looked
 * without an answer. A cas that writes what it expects only looks.
 */
export interface Accesses {
  readonly count: number;
  readonly row: Int32Array;
  /** Ids of values. */
  readonly saw: Int32Array;
  readonly wrote: Int32Array;
  /** Event indices; `until` is NEVER for what may still happen after the last of them. */
  readonly from: Int32Array;
  readonly until: Int32Array;
  /** The value before the first write. */
  readonly init: number;
}

/** As things stood after event `cut`: what completed later is open. Linear. Undefined if there is something else. */
export function accessesOf(part: Subhistory, rules: RegisterRules, cut: number = NEVER - 1): Accesses | undefined {
  const { history, rows } = part;
  const { outcome, invoke, complete, f, input, output, first, second } = history;
  const { kindOf, init } = registerValues(history, rules);
  const column = () => new Int32Array(rows.length);
  const [row, saw, wrote, from, until] = [column(), column(), column(), column(), column()];
  let count = 0;
  for (const each of rows) {
    const kind = kindOf[f[each]!]!;
    if (kind === OTHER || (kind === CAS && second[each]! < 0)) return undefined;
    if (invoke[each]! > cut) break;
    if (outcome[each] === FAIL) continue;
    const isOpen = outcome[each] === INFO || complete[each]! > cut;
    const seen = kind === READ ? output[each]! : kind === CAS ? first[each]! : NOTHING;
    if (kind === READ && (isOpen || (rules.nilReadMatchesAnything && seen === 0))) continue;
    let written = kind === READ ? NOTHING : kind === CAS ? second[each]! : input[each]!;
    if (kind === CAS && seen === written) written = NOTHING;
    if (kind === CAS && written === NOTHING && isOpen) continue;
    row[count] = each;
    saw[count] = seen;
    wrote[count] = written;
    from[count] = invoke[each]!;
    until[count++] = isOpen ? NEVER : complete[each]!;
  }
  return { count, row, saw, wrote, from, until, init };
}

/** These places, and for each that saw a value one that may have given it, and so on: none seems to come from nowhere. */
export function withSources(accesses: Accesses, places: readonly number[]): readonly number[] {
  const { saw, wrote, init } = accesses;
  const found = new Set(places);
  // A set grows while it is walked: sources have sources.
  for (const each of found) {
    if (saw[each] === NOTHING || saw[each] === init) continue;
    const isSource = (giver: number) => isGiver(accesses, giver, each);
    if ([...found].some(isSource)) continue;
    let [source, isWrite] = [-1, false];
    for (let giver = accesses.count - 1; giver >= 0 && !isWrite; giver--) {
      if (!isSource(giver)) continue;
      isWrite = saw[giver] === NOTHING;
      if (source < 0 || isWrite) source = giver;
    }
    if (source >= 0) found.add(source);
  }
  return [...found];

  function isGiver({ from, until }: Accesses, giver: number, observer: number): boolean {
    return giver !== observer && wrote[giver] === saw[observer] && from[giver]! < until[observer]!;
  }
}
