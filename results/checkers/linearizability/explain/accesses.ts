/**
 * What each operation of a register saw and wrote, as small numbers: explanations look up who gave a value and who saw it.
 */
import { FAIL, INFO, NEVER, type History, type Value } from '../../../history/index.ts';
import { canonical } from '../canonical.ts';
import type { RegisterRules } from '../model.ts';
import { casPair } from '../models/register.ts';
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
  readonly saw: Int32Array;
  readonly wrote: Int32Array;
  /** Event indices; `until` is NEVER for what may still happen after the last of them. */
  readonly from: Int32Array;
  readonly until: Int32Array;
  /** The number of the value before the first write. */
  readonly init: number;
  /** Values are numbered below this. */
  readonly values: number;
}

/** As things stood after event `cut`: what completed later is open. Linear. Undefined if there is something else. */
export function accessesOf(part: Subhistory, rules: RegisterRules, cut: number = NEVER - 1): Accesses | undefined {
  const { history, rows } = part;
  const { outcome, invoke, complete, f, fs, input, output } = history;
  const kindOf = fs.map((name) => ['read', 'write', 'cas'].indexOf(name));
  const numbers = numbering(history, rules.init);
  const column = () => new Int32Array(rows.length);
  const [row, saw, wrote, from, until] = [column(), column(), column(), column(), column()];
  let count = 0;
  for (const each of rows) {
    const kind = kindOf[f[each]!]!;
    if (kind < 0) return undefined;
    if (invoke[each]! > cut) break;
    if (outcome[each] === FAIL) continue;
    const isOpen = outcome[each] === INFO || complete[each]! > cut;
    let [seen, written] = [NOTHING, NOTHING];
    if (kind === 0) {
      if (isOpen || (rules.nilReadMatchesAnything && output[each] === 0)) continue;
      seen = numbers.of(output[each]!);
    } else if (kind === 1) written = numbers.of(input[each]!);
    else {
      [seen, written] = numbers.ofPair(input[each]!);
      if (seen === written) written = NOTHING;
      if (isOpen && written === NOTHING) continue;
    }
    row[count] = each;
    saw[count] = seen;
    wrote[count] = written;
    from[count] = invoke[each]!;
    until[count++] = isOpen ? NEVER : complete[each]!;
  }
  return { count, row, saw, wrote, from, until, init: 0, values: numbers.count() };
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

/** Numbers for values: 0 is the initial one. Ids of the history are remembered, so that each is read once. */
function numbering({ values }: History, init: Value) {
  const known = new Map<string, number>([[canonical(init), 0]]);
  const byId = new Int32Array(values.length);
  const pairs = new Map<number, readonly [number, number]>();
  const numberOf = (value: Value): number => {
    const text = canonical(value);
    const number = known.get(text) ?? known.size;
    known.set(text, number);
    return number;
  };
  return {
    count: () => known.size,
    of(id: number): number {
      // One more than the number; 0 is an id not met before.
      if (byId[id] === 0) byId[id] = numberOf(values[id] ?? null) + 1;
      return byId[id]! - 1;
    },
    ofPair(id: number): readonly [number, number] {
      let pair = pairs.get(id);
      if (!pair) {
        const [expected, next] = casPair(values[id] ?? null);
        pair = [numberOf(expected), numberOf(next)];
        pairs.set(id, pair);
      }
      return pair;
    },
  };
}
