/**
 * Names what a set or an append-list did wrong, from the smallest sub-history that shows it.
 *
 * Element from nowhere, lost, or back after its removal; reads that disagree on what came first. Who put an element in and who
 * removed it is looked up in the whole history.
 */
import { OK, type History, type Value } from '../../../history/index.ts';
import { canonical, isList } from '../canonical.ts';
import { operationAt } from '../operation.ts';
import type { Finding } from './finding.ts';
import { elementMentionsOf, type ElementMentions } from './mentions.ts';
import { nodePhrase, processOf, seconds, valueText, whatHappened, whenPhrase } from './phrase.ts';

/** What is told from: the operations shown, and what the whole history says of their elements. */
interface Contents {
  readonly history: History;
  readonly smallest: readonly number[];
  readonly whole: (element: Value) => ElementMentions;
}

/** `smallest` in order of invocation; `all` the key's rows. Undefined: no name fits. */
export function nameGrownAnomaly(history: History, smallest: Int32Array, all: Int32Array): Finding | undefined {
  const elements = [...smallest].flatMap((row) => {
    const { f, input, output } = operationAt(history, row);
    return f === 'read' ? (isList(output) ? output : []) : [input];
  });
  const put = history.fs.includes('append') ? 'append' : 'add';
  const whole = elementMentionsOf(history, all, elements, { put, remove: 'remove' });
  const contents = { history, smallest: [...smallest], whole };
  const rows = [...smallest].toReversed();
  for (const row of rows.filter((each) => history.outcome[each] === OK)) {
    const { f, input, output } = operationAt(history, row);
    const found = f === 'read' ? (isList(output) ? output : []) : output === true && f !== 'add' ? [input] : [];
    const finding =
      found.map((value) => unexpected(contents, row, value)).find(Boolean) ??
      twiceInside(history, row, found) ??
      outOfOrder(contents, row, found) ??
      missing(contents, row);
    if (finding) return finding;
  }
  return reversed(history, rows);
}

const isPut = (f: string) => f === 'add' || f === 'append';

/** It saw an element that was not there yet, or no more. */
function unexpected({ history, whole }: Contents, row: number, value: Value): Finding | undefined {
  const { complete, invoke } = history;
  const what = saw(history, row, value);
  const { puts, failed, takes } = whole(value);
  const [put] = puts;
  if (put === undefined) {
    const [refused] = failed;
    if (refused === undefined) {
      return { kind: 'element from nowhere', sentence: `${what}, but nothing ever put it in`, witnesses: [row] };
    }
    const had = (complete[refused] ?? 0) < (complete[row] ?? 0) ? 'had failed' : 'failed';
    return {
      kind: 'element from nowhere',
      sentence: `${what}, but ${processOf(history, refused)}'s ${operationAt(history, refused).f} of it ${had} at ${seconds(history.completeNs[refused] ?? 0)}`,
      witnesses: [row, refused],
    };
  }
  if ((invoke[put] ?? 0) > (complete[row] ?? 0)) {
    return {
      kind: 'element seen before it was put in',
      sentence: `${what}, but ${processOf(history, put)} only began to put it in at ${seconds(history.invokeNs[put] ?? 0)}`,
      witnesses: [row, put],
    };
  }
  if (puts.length > 1) return undefined;
  return removedBefore(history, row, value, takes, put);
}

/** It was removed, was put in only once, and is seen again: or removed again. */
function removedBefore(
  history: History,
  row: number,
  value: Value,
  takes: readonly number[],
  put: number,
): Finding | undefined {
  const { complete, invoke, outcome } = history;
  const removes = operationAt(history, row).f === 'remove';
  const didRemove = (each: number) => operationAt(history, each).output === true;
  const before = takes.find((each) => {
    if (each === row || outcome[each] !== OK) return false;
    if (removes && didRemove(each)) return true;
    // One that does not say whether it found the element removed it only if that was in by then.
    const isSure = didRemove(each) || (outcome[put] === OK && (complete[put] ?? 0) < (invoke[each] ?? 0));
    return isSure && (complete[each] ?? 0) < (invoke[row] ?? 0);
  });
  if (before === undefined) return undefined;
  return {
    kind: removes && didRemove(before) ? 'element removed twice' : 'removed element came back',
    sentence: `${saw(history, row, value)}, but ${processOf(history, before)}'s remove of it was acknowledged ${whenPhrase(history, before)}, and it was added only once`,
    witnesses: [row, before, put],
  };
}

function twiceInside(history: History, row: number, found: readonly Value[]): Finding | undefined {
  const texts = found.map(canonical);
  const twice = found.find((_, index) => texts.indexOf(texts[index] ?? '') < index);
  if (twice === undefined) return undefined;
  return { kind: 'element twice', sentence: `${saw(history, row, twice)}, but twice`, witnesses: [row] };
}

/** A list has an element before another one whose append was over before. */
function outOfOrder({ history, whole }: Contents, row: number, list: readonly Value[]): Finding | undefined {
  if (operationAt(history, row).f !== 'read') return undefined;
  const { complete, invoke, outcome } = history;
  const appends = list.map((value) => {
    const { puts } = whole(value);
    return puts.length === 1 ? puts[0] : undefined;
  });
  const isAppend = (each: number) => operationAt(history, each).f === 'append';
  for (const [index, later] of appends.entries()) {
    for (const [before, earlier] of appends.slice(0, index).entries()) {
      if (later === undefined || earlier === undefined || !isAppend(later) || outcome[later] !== OK) continue;
      if ((complete[later] ?? 0) > (invoke[earlier] ?? 0)) continue;
      const [first, second] = [valueText(list[before] ?? null), valueText(list[index] ?? null)];
      return {
        kind: 'order of appends inverted',
        sentence: `${processOf(history, row)} read ${first} before ${second}${nodePhrase(history, row, 'from')} ${whenPhrase(history, row)}, but ${processOf(history, later)}'s append of ${second} was acknowledged ${whenPhrase(history, later)}, before that of ${first} began`,
        witnesses: [row, later, earlier],
      };
    }
  }
  return undefined;
}

/** It did not see an element that had been acknowledged, or seen. */
function missing({ history, smallest, whole }: Contents, row: number): Finding | undefined {
  const { f, input, output } = operationAt(history, row);
  if (f === 'remove' && output !== false) return undefined;
  const texts = f === 'read' && isList(output) ? output.map(canonical) : undefined;
  const lacks = (value: Value) =>
    texts ? !texts.includes(canonical(value)) : !isPut(f) && output !== true && canonical(input) === canonical(value);
  const { complete, invoke, outcome } = history;
  const isBefore = (each: number) => (complete[each] ?? 0) < (invoke[row] ?? 0);
  for (const put of smallest) {
    const { f: name, input: value } = operationAt(history, put);
    if (put === row || !isPut(name) || !lacks(value)) continue;
    const seen = smallest.find((each) => each !== row && sees(history, each, value) && isBefore(each));
    const acknowledged = outcome[put] === OK && isBefore(put);
    if (!acknowledged && seen === undefined) continue;
    const still = smallest.find(
      (each) => each !== row && sees(history, each, value) && (invoke[each] ?? 0) > (complete[row] ?? 0),
    );
    const { puts, takes } = whole(value);
    const [removed] = takes.filter((each) => each !== row);
    const isGone = removed !== undefined && (invoke[removed] ?? 0) < (complete[row] ?? 0);
    // Seen afterwards, it was not removed before: unless it was put in again.
    if (isGone && (still === undefined || puts.length > 1)) continue;
    const since = acknowledged
      ? `${processOf(history, put)}'s ${name} of it was acknowledged${nodePhrase(history, put, 'by')} ${whenPhrase(history, put)}`
      : saw(history, seen ?? put, value);
    const fate =
      still !== undefined
        ? `${saw(history, still, value)} afterwards`
        : removed === undefined
          ? 'nothing removed it'
          : `nothing removed it before ${seconds(history.invokeNs[removed] ?? 0)}`;
    return {
      kind: 'element lost',
      sentence: `${processOf(history, row)} did not find ${valueText(value)}${nodePhrase(history, row, 'on')} ${whenPhrase(history, row)}, but ${since} and ${fate}`,
      witnesses: [row, put, ...[seen, still, removed].filter((each) => each !== undefined)].slice(0, 4),
    };
  }
  return undefined;
}

function sees(history: History, row: number, value: Value): boolean {
  const { f, input, output, outcome } = operationAt(history, row);
  if (outcome !== 'ok') return false;
  if (f === 'read') return isList(output) && output.map(canonical).includes(canonical(value));
  return !isPut(f) && output === true && canonical(input) === canonical(value);
}

/** Two reads of which neither saw all that the other saw, of an object that only grows. */
function reversed(history: History, rows: readonly number[]): Finding | undefined {
  const reads = rows.filter((row) => operationAt(history, row).f === 'read' && history.outcome[row] === OK);
  const [late, early] = reads;
  if (late === undefined || early === undefined || history.fs.includes('remove')) return undefined;
  const [a, b] = [late, early].map((row) => {
    const { output } = operationAt(history, row);
    return isList(output) ? output.map(canonical) : [];
  }) as [string[], string[]];
  const isOrdered = history.fs.includes('append');
  const contains = (whole: string[], part: string[]) =>
    part.every((each, place) => (isOrdered ? whole[place] === each : whole.includes(each)));
  if (contains(a, b) || contains(b, a)) return undefined;
  return {
    kind: 'reads disagree',
    sentence: `${whatHappened(history, late)}, but ${whatHappened(history, early)}: what one of them saw, the other had to see too`,
    witnesses: [late, early],
  };
}

/** `process 3 found 7 on n2 at 5.000 s`. */
function saw(history: History, row: number, value: Value): string {
  return `${processOf(history, row)} found ${valueText(value)}${nodePhrase(history, row, 'on')} ${whenPhrase(history, row)}`;
}
