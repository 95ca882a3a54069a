/** Names what a lock or a semaphore did wrong, by counting in the smallest sub-history that shows it. */
import { OK, type History } from '../../../history/index.ts';
import type { Shape } from '../model.ts';
import { operationAt } from '../operation.ts';
import { nodePhrase, processOf, valueText, whenPhrase } from './phrase.ts';
import type { Finding } from './register-anomaly.ts';

/** Of locks and semaphores. `smallest` in order of invocation. */
export function nameLockAnomaly(history: History, smallest: Int32Array, shape: Shape): Finding | undefined {
  const permits = shape.kind === 'semaphore' ? shape.permits : 1;
  const held = shape.kind === 'semaphore' ? shape.held : 0;
  const done = [...smallest]
    .filter((row) => history.outcome[row] === OK)
    .sort((a, b) => completion(history, a) - completion(history, b));
  const fenced = shape.kind === 'fenced-lock' ? tokenNotLarger(history, done) : undefined;
  if (fenced) return fenced;
  let acquired = held;
  let released = 0;
  for (const row of done) {
    const at = completion(history, row);
    const acquires = operationAt(history, row).f === 'acquire';
    if (acquires) acquired++;
    else released++;
    const begun = (f: string) =>
      [...smallest].filter((each) => operationAt(history, each).f === f && (history.invoke[each] ?? 0) < at);
    const where = `${nodePhrase(history, row, 'by')} ${whenPhrase(history, row)}`;
    const who = processOf(history, row);
    if (acquires && acquired - begun('release').length > permits) {
      const others = done.filter(
        (each) => operationAt(history, each).f === 'acquire' && completion(history, each) < at,
      );
      const before = others.at(-1);
      const holder =
        before === undefined
          ? 'it was held from the beginning'
          : `${processOf(history, before)} had acquired it ${whenPhrase(history, before)}`;
      return {
        kind: permits === 1 ? 'lock held by two' : 'more permits held than there are',
        sentence: `${who} was granted ${permits === 1 ? 'the lock' : 'a permit'}${where}, but ${holder} and ${releasesText(begun('release').length)} had been asked for by then`,
        witnesses: [row, ...others.toReversed()].slice(0, 4),
      };
    }
    if (!acquires && released > begun('acquire').length + held) {
      return {
        kind: 'release of what nobody held',
        sentence: `${who}'s release was acknowledged${where}, but by then nobody can have held ${permits === 1 ? 'the lock' : 'a permit'}`,
        witnesses: [row],
      };
    }
  }
  return undefined;
}

function releasesText(count: number): string {
  return count === 0 ? 'no release' : count === 1 ? 'only one release' : `only ${count} releases`;
}

function completion(history: History, row: number): number {
  return history.complete[row] ?? 0;
}

function tokenNotLarger(history: History, done: readonly number[]): Finding | undefined {
  const granted = done.filter(
    (row) => operationAt(history, row).f === 'acquire' && operationAt(history, row).output !== null,
  );
  for (const row of granted) {
    const token = operationAt(history, row).output ?? null;
    const before = granted.find((each) => {
      const other = operationAt(history, each).output ?? null;
      const earlier = completion(history, each) < (history.invoke[row] ?? 0);
      return each !== row && (Number(other) === Number(token) ? each < row : earlier && Number(other) > Number(token));
    });
    if (before === undefined) continue;
    return {
      kind: 'fencing token not larger than the one before',
      sentence: `${processOf(history, row)} was granted the lock with token ${valueText(token)}${nodePhrase(history, row, 'by')} ${whenPhrase(history, row)}, but ${processOf(history, before)} had token ${valueText(operationAt(history, before).output ?? null)} ${whenPhrase(history, before)}`,
      witnesses: [row, before],
    };
  }
  return undefined;
}
