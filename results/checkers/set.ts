/**
 * `set`: what was added is found at the end. `add` one element, `read` them all.
 *
 * Judged by the final reads: those invoked after the last add had completed, or the last one if there is none. An acknowledged
 * element that no final read has is lost, one that some of them lack is a stale read. An element nobody added is unexpected, as
 * is one whose add failed; one whose add crashed is `recovered`.
 */
import { z } from 'zod';
import { FAIL, INFO, NEVER, OK, type Value } from '../history/index.ts';
import type { Anomaly } from '../verdict.ts';
import type { Checker } from './checker.ts';
import { canonical, isList } from './linearizability/canonical.ts';
import { nodePhrase, processOf, seconds, valueText, whenPhrase } from './linearizability/explain/phrase.ts';
import type { Subhistory } from './linearizability/subhistory.ts';
import { checkerOf, eventsAt, optionsOf, type Finding } from './promise.ts';

const schema = z.strictObject({});

export function set(options: unknown): Checker {
  optionsOf('set', schema, options);
  return checkerOf('set', 'every acknowledged element was found at the end, and nothing else', judge);
}

function judge(part: Subhistory): Finding {
  const { history } = part;
  const { attempts, finals, foreign } = sortOut(part);
  if (foreign)
    return { anomalies: [], counts: {}, doubt: `there is a ${foreign}: what is only added and read can be judged` };
  if (finals.length === 0) return { anomalies: [], counts: {}, doubt: 'no read of the set succeeded' };
  const contents = finals.map((row) => ({ row, texts: textsOf(history.values[history.output[row] ?? 0] ?? null) }));
  const seen = new Map<string, { row: number; value: Value }>();
  for (const { row, texts } of contents)
    for (const [text, value] of texts) if (!seen.has(text)) seen.set(text, { row, value });
  const losses = [...attempts].flatMap(([text, row]): Anomaly[] => {
    if (history.outcome[row] !== OK) return [];
    const lacking = contents.filter(
      ({ row: read, texts }) => !texts.has(text) && (history.invoke[read] ?? 0) > (history.complete[row] ?? 0),
    );
    const [first] = lacking;
    if (!first) return [];
    const value = valueText(history.values[history.input[row] ?? 0] ?? null);
    const added = `${processOf(history, row)}'s add of ${value} was acknowledged${nodePhrase(history, row, 'by')} ${whenPhrase(history, row)}`;
    const lost = !seen.has(text);
    const missed = `${processOf(history, first.row)}'s final read${nodePhrase(history, first.row, 'from')} ${whenPhrase(history, first.row)} does not have it`;
    const sentence = lost ? `${added}, but no final read has it` : `${added}, but ${missed}`;
    return [{ kind: lost ? 'element lost' : 'stale read', sentence, events: eventsAt(history, row, first.row) }];
  });
  const strange = [...seen].flatMap(([text, { row, value }]): Anomaly[] => {
    const add = attempts.get(text);
    if (add !== undefined && history.outcome[add] !== FAIL) return [];
    const found = `${processOf(history, row)} found ${valueText(value)}${nodePhrase(history, row, 'on')} ${whenPhrase(history, row)}`;
    if (add === undefined)
      return [
        { kind: 'unexpected element', sentence: `${found}, but nothing ever added it`, events: eventsAt(history, row) },
      ];
    const sentence = `${found}, but ${processOf(history, add)}'s add of it had failed at ${seconds(history.completeNs[add] ?? 0)}`;
    return [{ kind: 'element from an operation that failed', sentence, events: eventsAt(history, row, add) }];
  });
  const twice = finals.flatMap((row) => duplicatesIn(part, row));
  const lost = losses.filter(({ kind }) => kind === 'element lost').length;
  const found = (outcome: number) =>
    [...attempts].filter(([text, row]) => history.outcome[row] === outcome && seen.has(text)).length;
  const unknown = [...attempts.values()].filter((row) => history.outcome[row] === INFO).length;
  return {
    anomalies: [...losses, ...strange, ...twice],
    counts: {
      ok: found(OK),
      lost,
      unexpected: strange.length,
      duplicated: twice.length,
      recovered: found(INFO),
      unknown: unknown - found(INFO),
    },
  };
}

/** By element: the add that counts most (acknowledged before unknown before failed); and the final reads. */
function sortOut({ history, rows }: Subhistory) {
  const attempts = new Map<string, number>();
  const reads: number[] = [];
  let quiet = -1;
  let foreign: string | undefined;
  const weight = (row: number) => ({ [OK]: 2, [INFO]: 1 })[history.outcome[row] ?? FAIL] ?? 0;
  for (const row of rows) {
    const f = history.fs[history.f[row] ?? 0];
    if (f === 'read' && history.outcome[row] === OK) reads.push(row);
    if (f !== 'read' && f !== 'add' && history.outcome[row] !== FAIL) foreign = f;
    if (f !== 'add') continue;
    const text = canonical(history.values[history.input[row] ?? 0] ?? null);
    const before = attempts.get(text);
    if (before === undefined || weight(row) > weight(before)) attempts.set(text, row);
    const complete = history.complete[row] ?? NEVER;
    quiet = Math.max(quiet, complete === NEVER ? (history.invoke[row] ?? 0) : complete);
  }
  const finals = reads.filter((row) => (history.invoke[row] ?? 0) > quiet);
  return { attempts, finals: finals.length > 0 ? finals : reads.slice(-1), foreign };
}

function textsOf(value: Value): Map<string, Value> {
  return new Map(isList(value) ? value.map((element) => [canonical(element), element]) : []);
}

function duplicatesIn({ history }: Subhistory, row: number): Anomaly[] {
  const value = history.values[history.output[row] ?? 0];
  const texts = isList(value) ? value.map(canonical) : [];
  if (new Set(texts).size === texts.length) return [];
  const twice = texts.find((text, index) => texts.indexOf(text) < index) ?? '';
  const sentence = `${processOf(history, row)} found ${twice} more than once in one read${nodePhrase(history, row, 'from')} ${whenPhrase(history, row)}`;
  return [{ kind: 'element twice', sentence, events: eventsAt(history, row) }];
}
