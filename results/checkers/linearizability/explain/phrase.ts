/** Operations in words: who, what, where and when. */
import { OK, type History, type Value } from '../../../history/index.ts';
import { operationAt } from '../operation.ts';

/** `38.412 s`. */
export function seconds(timeNs: number): string {
  return `${(timeNs / 1e9).toFixed(3)} s`;
}

/** A value as it stands in the history; long ones are cut. */
export function valueText(value: Value): string {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export function processOf(history: History, row: number): string {
  return `process ${history.process[row] ?? -1}`;
}

/** ` from n2`, or nothing where the node was not recorded. */
export function nodePhrase(history: History, row: number, preposition: string): string {
  const node = history.nodes[history.node[row] ?? 0];
  return node === undefined ? '' : ` ${preposition} ${node}`;
}

/** When it completed, or when it was invoked if it never did. */
export function whenPhrase(history: History, row: number): string {
  if (history.outcome[row] === OK) return `at ${seconds(history.completeNs[row] ?? 0)}`;
  return `invoked at ${seconds(history.invokeNs[row] ?? 0)}`;
}

/** `process 6 read 4 from n2 at 38.412 s`; `process 2's dequeue of 7 by n1 at 3.000 s`. */
export function whatHappened(history: History, row: number): string {
  const { f, input, output, outcome } = operationAt(history, row);
  const who = processOf(history, row);
  const at = whenPhrase(history, row);
  if (f === 'read' || f === 'get')
    return `${who} read ${valueText(output ?? null)}${nodePhrase(history, row, 'from')} ${at}`;
  const argument = input === null ? '' : ` ${valueText(input)}`;
  const result = output === undefined || output === null || output === input ? '' : ` -> ${valueText(output)}`;
  const doubt = outcome === 'info' ? ' (fate unknown)' : '';
  return `${who}'s ${f}${argument}${result}${nodePhrase(history, row, 'on')} ${at}${doubt}`;
}
