/** Which keys are proven and which are not: what a partial verdict is worth. */
import type { Value } from '../history/index.ts';
import type { Judgement, KeyCounts } from '../verdict.ts';
import type { Subhistory } from './linearizability/subhistory.ts';

/** Of each kind; the counts beside the lists tell if there are more. */
const LISTED = 100_000;

/** The lists to stand beside the counts; none where the history has no keys, or all are valid. */
export function listKeys(
  parts: readonly Subhistory[],
  judgementOf: (index: number) => Judgement,
): Pick<KeyCounts, 'listed'> {
  const listed: Record<Judgement, Value[]> = { valid: [], invalid: [], unknown: [] };
  for (const [index, { history, key }] of parts.entries()) {
    const name = history.keys[key];
    const list = listed[judgementOf(index)];
    if (name !== undefined && list.length < LISTED) list.push(name);
  }
  return listed.invalid.length + listed.unknown.length > 0 ? { listed } : {};
}
