/**
 * Names what a register did wrong, from the smallest sub-history that shows it.
 *
 * The names are the field's: stale read, lost write, read of a value never written, value from an operation that failed,
 * cas success from a wrong value, order of reads reversed. A sentence says nothing of the operations shown that is not true
 * of the whole history: where "nothing wrote it after" does not hold, since somebody may have who then had no chance to, it says
 * less.
 */
import type { History } from '../../../history/index.ts';
import { canonical } from '../canonical.ts';
import type { Model } from '../model.ts';
import { casPair } from '../models/register.ts';
import { operationAt } from '../operation.ts';
import { crossed } from './crossed-values.ts';
import type { Finding } from './finding.ts';
import { mentionsOf } from './mentions.ts';
import { nodePhrase, processOf, seconds, valueText, whatHappened, whenPhrase } from './phrase.ts';
import { endOf, saying, timesWritten, type Access, type Scene } from './scene.ts';

/** `smallest` in order of invocation; `all` the key's rows, which violate by event `cut`. Undefined: no name fits. */
export function nameRegisterAnomaly(
  history: History,
  smallest: Int32Array,
  all: Int32Array,
  model: Model,
  cut: number,
): Finding | undefined {
  const accesses = Array.from(smallest, (row) => accessAt(history, row, model));
  // What was seen and what was written, by its id.
  const ids = new Map(
    accesses.flatMap(({ row, saw, wrote, f }) => [
      ...(saw === undefined ? [] : [[saw, (f === 'cas' ? history.first : history.output)[row] ?? -1] as const]),
      ...(wrote === undefined ? [] : [[wrote, (f === 'cas' ? history.second : history.input)[row] ?? -1] as const]),
    ]),
  );
  const mentions = mentionsOf(history, all, [...ids.values()]);
  const scene: Scene = {
    ...{ history, accesses, cut, initial: canonical(model.init) },
    mentions: (value) => mentions(ids.get(canonical(value)) ?? -1),
  };
  const observers = accesses.filter(({ saw, outcome }) => saw !== undefined && outcome === 'ok').toReversed();
  for (const observer of observers) {
    const isSource = ({ wrote, row }: Access) => wrote === observer.saw && row !== observer.row;
    if (observer.saw === scene.initial || accesses.some(isSource)) continue;
    const finding = neverWritten(scene, observer);
    if (finding) return finding;
  }
  for (const observer of observers) {
    const finding = casTwice(scene, observer) ?? outdated(scene, observer) ?? reversed(scene, observer);
    if (finding) return finding;
  }
  return crossed(scene);
}

function accessAt(history: History, row: number, model: Model): Access {
  const operation = operationAt(history, row);
  const needs = model.ties?.needs(operation) ?? [];
  const saw = typeof needs === 'symbol' ? undefined : needs[0];
  const wrote = model.ties?.gives(operation)[0];
  return {
    ...operation,
    row,
    invoke: history.invoke[row] ?? 0,
    complete: operation.outcome === 'info' ? Infinity : (history.complete[row] ?? Infinity),
    saw: saw === undefined ? undefined : canonical(saw),
    sawValue: saw ?? null,
    wrote: wrote === undefined ? undefined : canonical(wrote),
  };
}

/** Nobody wrote it before it was seen: it failed, it came later, or it came from nowhere. */
function neverWritten({ history, mentions }: Scene, observer: Access): Finding | undefined {
  const { givers, failed } = mentions(observer.sawValue);
  const others = givers.filter((row) => row !== observer.row);
  const [later] = others;
  if (later !== undefined && (history.invoke[later] ?? 0) < observer.complete) return undefined;
  const what = saying(history, observer);
  const value = valueText(observer.sawValue);
  const [refused] = failed.filter((row) => row !== observer.row && (history.invoke[row] ?? 0) < observer.complete);
  if (refused !== undefined) {
    const had = (history.complete[refused] ?? 0) < observer.complete ? 'had failed' : 'failed';
    return {
      kind: 'value from an operation that failed',
      sentence: `${what}, but ${processOf(history, refused)}'s ${operationAt(history, refused).f} of ${value} ${had} at ${seconds(history.completeNs[refused] ?? 0)}`,
      witnesses: [observer.row, refused],
    };
  }
  const kind = observer.f === 'cas' ? 'cas success from a wrong value' : 'read of a value never written';
  if (later === undefined) {
    return { kind, sentence: `${what}, but nothing ever wrote ${value}`, witnesses: [observer.row] };
  }
  return {
    kind,
    sentence: `${what}, but nothing had written ${value} by then: the first to try was invoked at ${seconds(history.invokeNs[later] ?? 0)}`,
    witnesses: [observer.row, later],
  };
}

/** Two cas saw the same value, and nothing wrote it twice. */
function casTwice(scene: Scene, observer: Access): Finding | undefined {
  const { history, accesses, initial } = scene;
  if (observer.f !== 'cas') return undefined;
  const rival = accesses.find(({ f, saw, row }) => f === 'cas' && saw === observer.saw && row < observer.row);
  if (!rival || rival.outcome !== 'ok') return undefined;
  if (timesWritten(scene, observer.sawValue, Math.max(observer.complete, rival.complete)) > 1) return undefined;
  const other = `${processOf(history, rival.row)}'s cas ${valueText(rival.input)}`;
  const value = valueText(observer.sawValue);
  const why = observer.saw === initial ? `nothing wrote ${value} again` : `${value} was written only once`;
  return {
    kind: 'cas success from a wrong value',
    sentence: `${saying(history, observer)}, but ${other} had it too (${whenPhrase(history, rival.row)}), and ${why} by then`,
    witnesses: [observer.row, rival.row],
  };
}

/** It saw a value although another write had been acknowledged, and every write of what it saw was over before that. */
function outdated(scene: Scene, observer: Access): Finding | undefined {
  const { history, accesses, mentions } = scene;
  const sources = accesses.filter(({ wrote, row }) => wrote === observer.saw && row !== observer.row);
  const newer = accesses.findLast(
    ({ wrote, saw, outcome, complete, invoke, row }) =>
      row !== observer.row &&
      outcome === 'ok' &&
      wrote !== undefined &&
      wrote !== observer.saw &&
      complete < observer.invoke &&
      sources.every((source) => source.complete < invoke || (source.wrote === saw && source.row !== row)),
  );
  if (!newer) return undefined;
  const { givers } = mentions(observer.sawValue);
  const isAfter = (row: number) =>
    row !== observer.row && endOf(history, row) > newer.invoke && (history.invoke[row] ?? 0) < observer.complete;
  const strangers = givers.filter(isAfter);
  const value = valueText(observer.sawValue);
  // The one that a cas saw came before that, if there is no other that it can have seen.
  const isSource = newer.saw === observer.saw && timesWritten(scene, observer.sawValue, observer.complete) === 1;
  const isSaid = strangers.length === 0 || isSource;
  if (!isSaid && observer.complete < scene.cut) return undefined;
  const argument = newer.f === 'cas' ? valueText(newer.input) : `of ${valueText(newer.input)}`;
  const acknowledged = `${processOf(history, newer.row)}'s ${newer.f} ${argument} was acknowledged${nodePhrase(history, newer.row, 'by')} ${whenPhrase(history, newer.row)}`;
  const end = isSaid ? `nothing wrote ${value} after it` : `nothing can have brought ${value} back by then`;
  const found = {
    sentence: `${saying(history, observer)}, but ${acknowledged} and ${end}`,
    witnesses: [observer.row, newer.row],
  };
  if (observer.f === 'cas') return { kind: 'cas success from a wrong value', ...found };
  const { seen } = mentions(newer.f === 'cas' ? casPair(newer.input)[1] : newer.input);
  return { kind: seen ? 'stale read' : 'lost write', ...found };
}

/** It saw a value although somebody had seen another one before, later than this one's. */
function reversed(scene: Scene, observer: Access): Finding | undefined {
  const { history, accesses, mentions } = scene;
  if (observer.f !== 'read') return undefined;
  const earlier = accesses.findLast(
    ({ f, saw, complete, outcome }) =>
      f === 'read' && outcome === 'ok' && saw !== observer.saw && complete < observer.invoke,
  );
  if (!earlier) return undefined;
  const before = `${saying(history, observer)}, but ${whatHappened(history, earlier.row)} before`;
  const value = valueText(observer.sawValue);
  const isAlone = accesses.every(
    ({ row, saw, outcome }) => saw === undefined || outcome !== 'ok' || row === observer.row || row === earlier.row,
  );
  const isOver = mentions(observer.sawValue).givers.every(
    (row) => endOf(history, row) < earlier.invoke || (history.invoke[row] ?? 0) > observer.complete,
  );
  const isPlain = isAlone && isOver;
  if (!isPlain && observer.complete < scene.cut) return undefined;
  const end = isPlain
    ? `no order of the writes allows ${value} after ${valueText(earlier.sawValue)}`
    : `nothing can have brought ${value} back by then`;
  return { kind: 'order of reads reversed', sentence: `${before}, and ${end}`, witnesses: [observer.row, earlier.row] };
}
