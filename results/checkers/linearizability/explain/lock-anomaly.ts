/** Names what a lock or a semaphore did wrong: a grant too many, a release too many, a token that is no larger. */
import { OK, type History } from '../../../history/index.ts';
import type { Shape } from '../model.ts';
import { operationAt } from '../operation.ts';
import { overdrawn, rowsOf, type Overdrawn } from './overdrawn.ts';
import { nodePhrase, processOf, valueText, whenPhrase } from './phrase.ts';
import type { Finding } from './finding.ts';

type Semaphore = Extract<Shape, { kind: 'semaphore' }>;

/** A fenced lock is also a lock. Undefined for what is none. */
export function asSemaphore(shape: Shape | undefined): Semaphore | undefined {
  if (shape?.kind === 'fenced-lock') return { kind: 'semaphore', permits: 1, held: 0 };
  return shape?.kind === 'semaphore' ? shape : undefined;
}

/** `smallest` in order of invocation; `all` the key's rows: what is said of others is counted among them. */
export function nameLockAnomaly(
  history: History,
  smallest: Int32Array,
  all: Int32Array,
  shape: Shape,
): Finding | undefined {
  const token = shape.kind === 'fenced-lock' ? tokenNotLarger(history, smallest) : undefined;
  if (token) return token;
  const semaphore = asSemaphore(shape);
  const found = semaphore && overdrawn({ history, key: 0, rows: all }, semaphore);
  if (!found || String(rowsOf(found)) !== String(smallest)) return undefined;
  return found.acquires ? granted(history, found, semaphore.permits) : released(history, found);
}

/** `process 3 was granted the lock by n1 at 7.000 s, but process 2 had acquired it at 5.000 s and no release ...`. */
function granted(history: History, found: Overdrawn, permits: number): Finding {
  const row = found.given.at(-1) ?? 0;
  const what = permits === 1 ? 'the lock' : `one of ${permits} permits`;
  const holders = found.given.slice(0, -1);
  const held = holders.map(
    (each) => `${processOf(history, each)} had acquired ${permits === 1 ? 'it' : 'one'} ${whenPhrase(history, each)}`,
  );
  return {
    kind: permits === 1 ? 'lock held by two' : 'more permits held than there are',
    sentence: `${processOf(history, row)} was granted ${what}${nodePhrase(history, row, 'by')} ${whenPhrase(history, row)}, but ${reason(found, held, 'acquire', 'release')}`,
    witnesses: [row, ...holders.toReversed()].slice(0, 4),
  };
}

function released(history: History, found: Overdrawn): Finding {
  const row = found.given.at(-1) ?? 0;
  const others = found.given.slice(0, -1);
  const freed = others.map((each) => `${processOf(history, each)} had released it ${whenPhrase(history, each)}`);
  return {
    kind: 'release of what nobody held',
    sentence: `${processOf(history, row)}'s release was acknowledged${nodePhrase(history, row, 'by')} ${whenPhrase(history, row)}, but ${reason(found, freed, 'release', 'acquire')}`,
    witnesses: [row, ...others.toReversed()].slice(0, 4),
  };
}

/** Why one was too many: `before` in words, then what was counted. */
function reason({ given, between, counts }: Overdrawn, before: readonly string[], own: string, other: string): string {
  if (counts) {
    const sum = `by then ${counted(counts.given, own)} had been acknowledged and ${only(counts.asked, other)} asked for`;
    return [...before.slice(-3), sum].join(', and ');
  }
  if (between.length === 0) return [...before.slice(-3), `no ${other} can have come in between`].join(', and ');
  const since = `this is ${own} number ${given.length - 1} since then`;
  return `${before[0] ?? ''}, ${since}, and ${only(between.length, other)} can have come in between`;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}

function only(count: number, noun: string): string {
  return count === 0 ? `no ${noun}` : `only ${counted(count, noun)}`;
}

function tokenNotLarger(history: History, smallest: Int32Array): Finding | undefined {
  const tokenOf = (row: number) => operationAt(history, row).output ?? null;
  const completion = (row: number) => history.complete[row] ?? 0;
  const granted = [...smallest]
    .filter((row) => history.outcome[row] === OK && operationAt(history, row).f === 'acquire' && tokenOf(row) !== null)
    .sort((a, b) => completion(a) - completion(b));
  for (const row of granted) {
    const token = tokenOf(row);
    const before = granted.find((each) => {
      const other = tokenOf(each);
      const earlier = completion(each) < (history.invoke[row] ?? 0);
      return each !== row && (Number(other) === Number(token) ? each < row : earlier && Number(other) > Number(token));
    });
    if (before === undefined) continue;
    return {
      kind: 'fencing token not larger than the one before',
      sentence: `${processOf(history, row)} was granted the lock with token ${valueText(token)}${nodePhrase(history, row, 'by')} ${whenPhrase(history, row)}, but ${processOf(history, before)} had token ${valueText(tokenOf(before))} ${whenPhrase(history, before)}`,
      witnesses: [row, before],
    };
  }
  return undefined;
}
