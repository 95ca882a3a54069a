/**
 * A set that only grows, read as a whole: decided in time linear in what was read.
 *
 * Reads of a growing set see sets that contain each other: sorted by size, each must contain the one before. That orders them,
 * and every add stands between the last read that misses its element and the first that has it. So reads of equal
 * sets, and adds that first appear in the same read, form a sequence of groups; it is a linearization iff nobody in an
 * earlier group was invoked after somebody in a later one had completed. An add that nobody saw comes last if it is ok, and
 * is left out if it crashed.
 */
import { INFO, OK, type Value } from '../../../history/index.ts';
import { canonical, isList } from '../canonical.ts';
import type { Subhistory } from '../subhistory.ts';
import type { Witnesses } from './elements.ts';
import { inSequence } from './sequence.ts';

/** Rows of a violation; undefined if it is linearizable; `unsuited` if elements are added twice, or removed, or asked for. */
export function judgeGrowOnlySet(part: Subhistory): Witnesses | undefined | 'unsuited' {
  const { history, rows } = part;
  const { fs, f, outcome, input, output, values } = history;
  const adds = new Map<number, number>();
  const reads = new Map<number, number[]>();
  for (const row of rows) {
    const name = fs[f[row]!];
    if (outcome[row] === OK || (outcome[row] === INFO && name !== 'read')) {
      if (name === 'add') {
        if (adds.has(input[row]!)) return 'unsuited';
        adds.set(input[row]!, row);
      } else if (name === 'read') reads.set(output[row]!, [...(reads.get(output[row]!) ?? []), row]);
      else return 'unsuited';
    }
  }
  const idOf = elementIds(values, adds.keys());
  const contents = [...reads].map(([id, readers]) => ({ readers, ...contentOf(values[id] ?? null, idOf) }));
  const broken = contents.find(({ twice, unknown }) => twice || unknown);
  if (broken) return [broken.readers[0] ?? 0];
  contents.sort((a, b) => a.elements.size - b.elements.size);
  const groups: number[][] = [];
  let before: (typeof contents)[number] | undefined;
  const unseen = new Map(adds);
  for (const content of contents) {
    const { elements, readers } = content;
    for (const element of before?.elements ?? []) {
      if (!elements.has(element)) return [readers[0] ?? 0, before?.readers[0] ?? 0, adds.get(element) ?? 0];
    }
    if (before?.elements.size === elements.size) groups.at(-1)?.push(...readers);
    else {
      const fresh = [...elements].filter((element) => unseen.has(element));
      groups.push(
        fresh.map((element) => adds.get(element) ?? 0),
        [...readers],
      );
      for (const element of fresh) unseen.delete(element);
    }
    before = content;
  }
  groups.push([...unseen.values()].filter((row) => outcome[row] === OK));
  return inSequence(history, groups, (row) => fs[f[row]!] === 'read');
}

/** Value id of an element, by what stands in a read; -1 for what was never added. */
function elementIds(values: readonly Value[], added: Iterable<number>): (element: Value) => number {
  const ids = new Map<Value, number>();
  const texts = new Map<string, number>();
  for (const id of added) {
    const element = values[id] ?? null;
    if (typeof element === 'object' && element !== null) texts.set(canonical(element), id);
    else ids.set(element, id);
  }
  return (element) =>
    (typeof element === 'object' && element !== null ? texts.get(canonical(element)) : ids.get(element)) ?? -1;
}

function contentOf(value: Value, idOf: (element: Value) => number) {
  const list = isList(value) ? value : [];
  const elements = new Set(list.map(idOf));
  return { elements, unknown: elements.has(-1) || !isList(value), twice: elements.size < list.length };
}
