/**
 * Names what a set or an append-list did wrong, from the smallest sub-history that shows it.
 *
 * Element from nowhere, lost, or back after its removal; reads that disagree on what came first.
 */
import { FAIL, OK, type History, type Value } from '../../../history/index.ts';
import { canonical, isList } from '../canonical.ts';
import { operationAt } from '../operation.ts';
import { nodePhrase, processOf, seconds, valueText, whatHappened, whenPhrase } from './phrase.ts';
import type { Finding } from './register-anomaly.ts';

/** `smallest` in order of invocation; `all` the key's rows. Undefined: no name fits. */
export function nameGrownAnomaly(history: History, smallest: Int32Array, all: Int32Array): Finding | undefined {
  const rows = [...smallest].toReversed();
  for (const row of rows.filter((each) => history.outcome[each] === OK)) {
    const { f, input, output } = operationAt(history, row);
    const found = f === 'read' ? (isList(output) ? output : []) : output === true && f !== 'add' ? [input] : [];
    const finding =
      found.map((value) => unexpected(history, row, value, smallest, all)).find(Boolean) ??
      twiceInside(history, row, found) ??
      outOfOrder(history, row, found, smallest) ??
      missing(history, row, smallest);
    if (finding) return finding;
  }
  return reversed(history, rows);
}

const isPut = (f: string) => f === 'add' || f === 'append';

function concerns(history: History, row: number, value: Value): boolean {
  return canonical(operationAt(history, row).input) === canonical(value);
}

/** It saw an element that was not there yet, or no more. */
function unexpected(
  history: History,
  row: number,
  value: Value,
  smallest: Int32Array,
  all: Int32Array,
): Finding | undefined {
  const what = saw(history, row, value);
  const puts = [...smallest].filter((each) => isPut(operationAt(history, each).f) && concerns(history, each, value));
  if (puts.length === 0) {
    const failed = [...all].find((each) => isPut(operationAt(history, each).f) && concerns(history, each, value));
    const why =
      failed === undefined || history.outcome[failed] !== FAIL
        ? `nothing ever put it in`
        : `${processOf(history, failed)}'s ${operationAt(history, failed).f} of it had failed at ${seconds(history.completeNs[failed] ?? 0)}`;
    const witnesses = failed === undefined || history.outcome[failed] !== FAIL ? [row] : [row, failed];
    return { kind: 'element from nowhere', sentence: `${what}, but ${why}`, witnesses };
  }
  const [early] = puts;
  if (early !== undefined && (history.invoke[early] ?? 0) > (history.complete[row] ?? 0)) {
    return {
      kind: 'element seen before it was put in',
      sentence: `${what}, but ${processOf(history, early)} only began to put it in at ${seconds(history.invokeNs[early] ?? 0)}`,
      witnesses: [row, early],
    };
  }
  if (puts.length > 1) return undefined;
  const removed = [...smallest].find(
    (each) =>
      each !== row &&
      operationAt(history, each).f === 'remove' &&
      operationAt(history, each).output !== false &&
      concerns(history, each, value) &&
      (operationAt(history, row).f === 'remove' || (history.complete[each] ?? 0) < (history.invoke[row] ?? 0)),
  );
  if (removed === undefined) return undefined;
  const twice = operationAt(history, row).f === 'remove' && operationAt(history, removed).output === true;
  return {
    kind: twice ? 'element removed twice' : 'removed element came back',
    sentence: `${what}, but ${processOf(history, removed)}'s remove of it was acknowledged ${whenPhrase(history, removed)}, and it was added only once`,
    witnesses: [row, removed, ...puts],
  };
}

function twiceInside(history: History, row: number, found: readonly Value[]): Finding | undefined {
  const texts = found.map(canonical);
  const twice = found.find((_, index) => texts.indexOf(texts[index] ?? '') < index);
  if (twice === undefined) return undefined;
  return { kind: 'element twice', sentence: `${saw(history, row, twice)}, but twice`, witnesses: [row] };
}

/** A list has an element before another one whose append was over before. */
function outOfOrder(history: History, row: number, list: readonly Value[], smallest: Int32Array): Finding | undefined {
  const appends = list.map((value) =>
    [...smallest].find((each) => operationAt(history, each).f === 'append' && concerns(history, each, value)),
  );
  for (const [index, later] of appends.entries()) {
    for (const [before, earlier] of appends.slice(0, index).entries()) {
      if (later === undefined || earlier === undefined || history.outcome[later] !== OK) continue;
      if ((history.complete[later] ?? 0) > (history.invoke[earlier] ?? 0)) continue;
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
function missing(history: History, row: number, smallest: Int32Array): Finding | undefined {
  const { f, input, output } = operationAt(history, row);
  const texts = f === 'read' && isList(output) ? output.map(canonical) : undefined;
  const lacks = (value: Value) =>
    texts ? !texts.includes(canonical(value)) : !isPut(f) && output !== true && canonical(input) === canonical(value);
  const { complete, invoke } = history;
  for (const put of smallest) {
    const { f: name, input: value } = operationAt(history, put);
    if (put === row || !isPut(name) || !lacks(value)) continue;
    const seen = [...smallest].find(
      (each) => each !== row && sees(history, each, value) && (complete[each] ?? 0) < (invoke[row] ?? 0),
    );
    const acknowledged = history.outcome[put] === OK && (complete[put] ?? 0) < (invoke[row] ?? 0);
    if (!acknowledged && seen === undefined) continue;
    const removes = [...smallest].filter(
      (each) => operationAt(history, each).f === 'remove' && each !== row && concerns(history, each, value),
    );
    if (f === 'remove' && output !== false) continue;
    const since = acknowledged
      ? `${processOf(history, put)}'s ${name} of it was acknowledged${nodePhrase(history, put, 'by')} ${whenPhrase(history, put)}`
      : saw(history, seen ?? put, value);
    const still = [...smallest].find(
      (each) => each !== row && sees(history, each, value) && (invoke[each] ?? 0) > (complete[row] ?? 0),
    );
    const fate =
      still !== undefined
        ? `${saw(history, still, value)} afterwards`
        : removes.length === 0
          ? 'nothing removed it'
          : `nothing removed it before ${seconds(Math.min(...removes.map((each) => history.invokeNs[each] ?? 0)))}`;
    return {
      kind: 'element lost',
      sentence: `${processOf(history, row)} did not find ${valueText(value)}${nodePhrase(history, row, 'on')} ${whenPhrase(history, row)}, but ${since} and ${fate}`,
      witnesses: [row, put, ...[seen, still, removes[0]].filter((each) => each !== undefined)].slice(0, 4),
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

/** Two reads that no single history of the object explains. */
function reversed(history: History, rows: readonly number[]): Finding | undefined {
  const reads = rows.filter((row) => operationAt(history, row).f === 'read' && history.outcome[row] === OK);
  const [late, early] = reads;
  if (late === undefined || early === undefined) return undefined;
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
