/**
 * A list that elements, all different, are appended to: decided in time linear in what was read.
 *
 * The longest read is the order of the appends (as in Elle: Kingsbury and Alvaro, VLDB 2020). Every other read must be a prefix
 * of it; then reads of equal length and the appends between them stand in one sequence, and all that is left is whether that fits
 * the order of time. An append that nobody saw comes last if it is ok, and is left out if it crashed.
 */
import { INFO, OK, type Value } from '../../../history/index.ts';
import { canonical, isList } from '../canonical.ts';
import type { Subhistory } from '../subhistory.ts';
import type { Witnesses } from './elements.ts';
import { inSequence } from './sequence.ts';

/** Rows of a violation; undefined if it is linearizable; `unsuited` if an element is appended twice. */
export function judgeAppendList({ history, rows }: Subhistory): Witnesses | undefined | 'unsuited' {
  const { fs, f, outcome, input, output, values } = history;
  const appends = new Map<string, number>();
  const reads = new Map<number, number[]>();
  for (const row of rows) {
    const name = fs[f[row]!];
    if (name === 'append' && (outcome[row] === OK || outcome[row] === INFO)) {
      const element = textOf(values[input[row]!] ?? null);
      if (appends.has(element)) return 'unsuited';
      appends.set(element, row);
    } else if (name === 'read' && outcome[row] === OK) {
      const readers = reads.get(output[row]!);
      if (readers) readers.push(row);
      else reads.set(output[row]!, [row]);
    } else if (name !== 'append' && name !== 'read') return 'unsuited';
  }
  const contents = [...reads].map(([id, readers]) => ({ readers, list: listOf(values[id] ?? null) }));
  const foreign = [...reads].find(([id]) => !isList(values[id] ?? []));
  if (foreign) return [foreign[1][0] ?? 0];
  contents.sort((a, b) => a.list.length - b.list.length);
  const longest = contents.at(-1);
  const order = longest?.list.map(textOf) ?? [];
  for (const { list, readers } of contents) {
    const differing = list.findIndex((element, index) => textOf(element) !== order[index]);
    if (differing >= 0) return [readers[0] ?? 0, longest?.readers[0] ?? 0];
  }
  const groups: number[][] = [];
  let length = 0;
  const placed = new Set<number>();
  for (const { list, readers } of contents) {
    for (; length < list.length; length++) {
      const append = appends.get(order[length] ?? '');
      // Never appended, or twice in the list though it was appended once.
      if (append === undefined || placed.has(append))
        return append === undefined ? [readers[0] ?? 0] : [readers[0] ?? 0, append];
      placed.add(append);
      groups.push([append]);
    }
    groups.push(readers);
  }
  groups.push([...appends.values()].filter((row) => !placed.has(row) && outcome[row] === OK));
  return inSequence(history, groups, (row) => fs[f[row]!] === 'read');
}

function listOf(value: Value): readonly Value[] {
  return isList(value) ? value : [];
}

function textOf(value: Value): string {
  return typeof value === 'number' ? String(value) : canonical(value);
}
