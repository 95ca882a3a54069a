/**
 * The smallest sub-history that still violates, found the fastest way there is.
 *
 * First directly, where the object is known: a value that was gone, a lock that was held. Else by leaving out what is not
 * needed (see shrink.ts), of the history as it stood when it could not be explained any more: whatever came later, and
 * answers that came later, prove nothing. Either way the judges have the last word, and what is left is shrunk once more
 * with its answers as they really came.
 */
import type { Model } from '../model.ts';
import type { Violation } from '../outcome.ts';
import type { Subhistory } from '../subhistory.ts';
import { accessesOf, withSources } from './accesses.ts';
import { asSemaphore } from './lock-anomaly.ts';
import { contradiction } from './narrowing.ts';
import { outdated } from './outdated.ts';
import { overdrawn, rowsOf } from './overdrawn.ts';
import { prefixOf } from './prefix.ts';
import { proofOf, shrink, type Judging } from './shrink.ts';

export interface Judges {
  /** For parts of this part's history. */
  readonly judging: (part: Subhistory) => Judging;
  /** The event at which a part violates: what happened up to it cannot be linearized. Undefined where that is not known. */
  readonly cutOf: (part: Subhistory) => number | undefined;
}

/** Rows in order of invocation. */
export function smallestOf(part: Subhistory, model: Model, violation: Violation, judges: Judges): Int32Array {
  const shrunk = (within: Subhistory) => shrink(within, model, judges.judging(within));
  const direct = directly(part, model, violation);
  if (direct && judges.judging(part).violates(direct)) return shrunk({ ...part, rows: direct });
  let kept = shrunk(start(part, model, violation, judges));
  for (;;) {
    const cut = judges.cutOf({ ...part, rows: kept });
    if (cut === undefined) return kept;
    const then = prefixOf({ ...part, rows: kept }, cut);
    const { violates } = judges.judging(then);
    const found = ofRegister(then, model, cut);
    const early = found && violates(found) ? found : violates(then.rows) ? then.rows : undefined;
    if (!early) return kept;
    const fewer = shrunk({ ...part, rows: shrunk({ ...then, rows: early }) });
    if (fewer.length >= kept.length) return kept;
    kept = fewer;
  }
}

function directly(part: Subhistory, model: Model, { witnesses, cut }: Violation): Int32Array | undefined {
  const { register, shape } = model;
  if (register) return witnesses.length > 0 ? undefined : ofRegister(part, model, cut);
  const semaphore = asSemaphore(shape);
  const found = semaphore && overdrawn(part, semaphore);
  return found && rowsOf(found);
}

/** Rows that contradict each other in what happened up to and including event `cut`. */
function ofRegister(part: Subhistory, { register }: Model, cut: number): Int32Array | undefined {
  const accesses = register && accessesOf(part, register, cut);
  if (!accesses) return undefined;
  const last = accesses.until.subarray(0, accesses.count).lastIndexOf(cut);
  const found = last >= 0 && accesses.saw[last]! >= 0 ? outdated(accesses, last) : undefined;
  const places = found
    ? [found.observer, found.newer, found.giver].filter((place) => place >= 0)
    : contradiction(accesses);
  return places && Int32Array.from(withSources(accesses, places), (place) => accesses.row[place]!).sort();
}

/** What to shrink: the witnesses if they are a proof by themselves, else all that happened up to the cut. */
function start(part: Subhistory, model: Model, violation: Violation, judges: Judges): Subhistory {
  const { violates } = judges.judging(part);
  const proof = proofOf(part, model, violation, violates);
  if (proof) return { ...part, rows: proof };
  const past = prefixOf(part, violation.cut);
  return judges.judging(past).violates(past.rows) ? past : part;
}
