/** Which operations pass a filter, and which ones a search finds. */
import { OUTCOMES } from '../data/header.ts';
import type { Data } from './data.ts';
import { processOf } from './data.ts';
import { NO_FILTER, type Filter } from './view.ts';

/** One byte per operation, or null when all pass. */
export type Mask = Uint8Array | null;

export function isFiltering(filter: Filter): boolean {
  return Object.values({ ...NO_FILTER, ...filter }).some((part) => part !== null);
}

export function maskOf(data: Data, filter: Filter): Mask {
  if (!isFiltering(filter)) return null;
  const outcome = filter.outcome === null ? null : OUTCOMES.indexOf(filter.outcome);
  const mask = new Uint8Array(data.count);
  for (let row = 0; row < data.count; row++) {
    if (
      (filter.key === null || data.key[row] === filter.key) &&
      (filter.node === null || data.node[row] === filter.node) &&
      (filter.f === null || data.f[row] === filter.f) &&
      (outcome === null || data.outcome[row] === outcome)
    ) {
      mask[row] = 1;
    }
  }
  return mask;
}

export function countMask(mask: Mask, count: number): number {
  if (!mask) return count;
  let passed = 0;
  for (const bit of mask) passed += bit;
  return passed;
}

/** More matches than this are not told apart by looking at them. */
export const MOST_MATCHES = 10_000;

/**
 * Words that all must match: `key:17`, `f:read`, `node:n2`, `process:6`, `outcome:info`, `value:5`, `error:timeout`, `#1203`
 * (a line of history.jsonl, counted from 0), or bare text, which is looked for in kinds, values and errors.
 */
export function search(data: Data, query: string, mask: Mask): number[] {
  const tests = query
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => testOf(data, word));
  const found: number[] = [];
  if (tests.length === 0) return found;
  for (let row = 0; row < data.count && found.length < MOST_MATCHES; row++) {
    if ((!mask || mask[row] === 1) && tests.every((test) => test(row))) found.push(row);
  }
  return found;
}

type Test = (row: number) => boolean;

function testOf(data: Data, word: string): Test {
  const { fs, keys, nodes, errors } = data.header;
  const line = /^#(\d+)$/.exec(word);
  if (line) return (row) => data.invoke[row] === Number(line[1]);
  const [, field, wanted = ''] = /^(key|f|node|process|outcome|value|error):(.+)$/i.exec(word) ?? [];
  const text = wanted.toLowerCase();
  const valueTest = (needle: string, whole: boolean): Test => {
    const hits = flags(data.valueCount, (id) => holds(data.value(id), needle, whole) && id > 0);
    return (row) => hits[data.input[row] ?? 0] === 1 || hits[data.output[row] ?? 0] === 1;
  };
  const tableTest = (
    table: readonly (string | null)[],
    column: ArrayLike<number>,
    needle: string,
    whole: boolean,
  ): Test => {
    const hits = flags(table.length, (id) => holds(table[id] ?? null, needle, whole));
    return (row) => hits[column[row] ?? 0] === 1;
  };
  switch (field?.toLowerCase()) {
    case 'key':
      return tableTest(keys, data.key, text, true);
    case 'f':
      return tableTest(fs, data.f, text, true);
    case 'node':
      return tableTest(nodes, data.node, text, true);
    case 'process':
      return (row) => processOf(data, row) === Number(text);
    case 'outcome':
      return tableTest(OUTCOMES, data.outcome, text, true);
    case 'value':
      return valueTest(text, true);
    case 'error':
      return tableTest(errors, data.error, text, false);
    default: {
      const bare = word.toLowerCase();
      const tests = [
        valueTest(bare, /^-?\d+$/.test(bare)),
        tableTest(fs, data.f, bare, false),
        tableTest(errors, data.error, bare, false),
      ];
      return (row) => tests.some((test) => test(row));
    }
  }
}

const holds = (text: string | null, needle: string, whole: boolean) =>
  text !== null && (whole ? text.toLowerCase() === needle : text.toLowerCase().includes(needle));

function flags(length: number, test: (id: number) => boolean): Uint8Array {
  const hits = new Uint8Array(length);
  for (let id = 0; id < length; id++) if (test(id)) hits[id] = 1;
  return hits;
}
