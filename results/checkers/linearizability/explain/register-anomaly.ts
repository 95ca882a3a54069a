/**
 * Names what a register did wrong, from the smallest sub-history that shows it.
 *
 * The names are the field's: stale read, lost write, read of a value never written, value from an operation that failed,
 * cas success from a wrong value, order of reads reversed.
 */
import { FAIL, OK, type History, type Value } from '../../../history/index.ts';
import { canonical, same } from '../canonical.ts';
import type { Model, Operation } from '../model.ts';
import { casPair } from '../models/register.ts';
import { operationAt } from '../operation.ts';
import { nodePhrase, processOf, seconds, valueText, whatHappened, whenPhrase } from './phrase.ts';

export interface Finding {
  readonly kind: string;
  /** Without a full stop, without the key. */
  readonly sentence: string;
  /** Rows, the clearest first. */
  readonly witnesses: readonly number[];
}

/** One operation with what it saw and what it wrote, as canonical texts. */
interface Access extends Operation {
  readonly row: number;
  readonly invoke: number;
  readonly complete: number;
  readonly saw: string | undefined;
  readonly sawValue: Value;
  readonly wrote: string | undefined;
}

/** `smallest` in order of invocation; `all` the key's rows, to look up what became of a value. Undefined: no name fits. */
export function nameRegisterAnomaly(
  history: History,
  smallest: Int32Array,
  all: Int32Array,
  model: Model,
): Finding | undefined {
  const accesses = Array.from(smallest, (row) => accessAt(history, row, model));
  const initial = canonical(model.init);
  const observers = accesses.filter(({ saw, outcome }) => saw !== undefined && outcome === 'ok').toReversed();
  for (const observer of observers) {
    if (
      observer.saw !== initial &&
      !accesses.some(({ wrote, row }) => wrote === observer.saw && row !== observer.row)
    ) {
      return neverWritten(history, observer, all);
    }
  }
  for (const observer of observers) {
    const finding =
      casTwice(history, observer, accesses) ??
      outdated(history, observer, accesses, all) ??
      reversed(history, observer, accesses);
    if (finding) return finding;
  }
  return crossed(history, accesses);
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
function neverWritten(history: History, observer: Access, all: Int32Array): Finding {
  const what = saying(history, observer);
  const value = valueText(observer.sawValue);
  const writers = [...writersOf(history, observer.sawValue, all)].filter((row) => row !== observer.row);
  const failed = writers.find((row) => history.outcome[row] === FAIL && (history.invoke[row] ?? 0) < observer.complete);
  if (failed !== undefined) {
    const when = seconds(history.completeNs[failed] ?? 0);
    return {
      kind: 'value from an operation that failed',
      sentence: `${what}, but ${processOf(history, failed)}'s ${operationAt(history, failed).f} of ${value} had failed at ${when}`,
      witnesses: [observer.row, failed],
    };
  }
  const kind = observer.f === 'cas' ? 'cas success from a wrong value' : 'read of a value never written';
  const later = writers.find((row) => (history.invoke[row] ?? 0) > observer.complete);
  if (later !== undefined) {
    const when = seconds(history.invokeNs[later] ?? 0);
    return {
      kind,
      sentence: `${what}, but nothing had written ${value} by then: the first to do so was invoked at ${when}`,
      witnesses: [observer.row, later],
    };
  }
  return { kind, sentence: `${what}, but nothing ever wrote ${value}`, witnesses: [observer.row] };
}

/** Rows of writes and cas that had this value to write, whatever became of them. */
function* writersOf(history: History, value: Value, all: Int32Array): Generator<number> {
  for (const row of all) {
    const f = history.fs[history.f[row] ?? 0];
    const input = history.values[history.input[row] ?? 0] ?? null;
    if (f === 'write' ? same(input, value) : f === 'cas' && same(casPair(input)[1], value)) yield row;
  }
}

/** Whether an ok read or cas ever saw this value. */
function wasSeen(history: History, value: Value, all: Int32Array): boolean {
  return all.some((row) => {
    const f = history.fs[history.f[row] ?? 0];
    if (history.outcome[row] !== OK) return false;
    if (f === 'read') return same(history.values[history.output[row] ?? 0] ?? null, value);
    return f === 'cas' && same(casPair(history.values[history.input[row] ?? 0] ?? null)[0], value);
  });
}

/** Two cas saw the same value, and nothing wrote it twice. */
function casTwice(history: History, observer: Access, accesses: readonly Access[]): Finding | undefined {
  if (observer.f !== 'cas') return undefined;
  const rival = accesses.find(({ f, saw, row }) => f === 'cas' && saw === observer.saw && row < observer.row);
  if (!rival || accesses.filter(({ wrote }) => wrote === observer.saw).length > 1) return undefined;
  const other = `${processOf(history, rival.row)}'s cas ${valueText(rival.input)}`;
  return {
    kind: 'cas success from a wrong value',
    sentence: `${saying(history, observer)}, but ${other} had it too (${whenPhrase(history, rival.row)}), and ${valueText(observer.sawValue)} was written only once`,
    witnesses: [observer.row, rival.row],
  };
}

/** It saw a value although another write had been acknowledged, and every write of what it saw was over before that. */
function outdated(
  history: History,
  observer: Access,
  accesses: readonly Access[],
  all: Int32Array,
): Finding | undefined {
  const sources = accesses.filter(({ wrote, row }) => wrote === observer.saw && row !== observer.row);
  const newer = accesses.findLast(
    ({ wrote, saw, outcome, complete, invoke, row }) =>
      row !== observer.row &&
      outcome === 'ok' &&
      wrote !== undefined &&
      wrote !== observer.saw &&
      complete < observer.invoke &&
      sources.every((source) => source.complete < invoke || source.wrote === saw),
  );
  if (!newer) return undefined;
  const acknowledged = `${processOf(history, newer.row)}'s ${newer.f === 'cas' ? 'cas' : 'write'} ${newer.f === 'cas' ? valueText(newer.input) : `of ${valueText(newer.input)}`}`;
  const when = `was acknowledged${nodePhrase(history, newer.row, 'by')} ${whenPhrase(history, newer.row)}`;
  const sentence = `${saying(history, observer)}, but ${acknowledged} ${when} and nothing wrote ${valueText(observer.sawValue)} after it`;
  if (observer.f === 'cas')
    return { kind: 'cas success from a wrong value', sentence, witnesses: [observer.row, newer.row] };
  const everSeen = wasSeen(history, newer.f === 'cas' ? casPair(newer.input)[1] : newer.input, all);
  return { kind: everSeen ? 'stale read' : 'lost write', sentence, witnesses: [observer.row, newer.row] };
}

/** It saw a value although somebody had seen another one before, later than this one's. */
function reversed(history: History, observer: Access, accesses: readonly Access[]): Finding | undefined {
  const earlier = accesses.findLast(
    ({ f, saw, complete, outcome }) =>
      f === 'read' && outcome === 'ok' && saw !== observer.saw && complete < observer.invoke,
  );
  if (!earlier || observer.f !== 'read') return undefined;
  return {
    kind: 'order of reads reversed',
    sentence: `${saying(history, observer)}, but ${whatHappened(history, earlier.row)} before, and no order of the writes allows ${valueText(observer.sawValue)} after ${valueText(earlier.sawValue)}`,
    witnesses: [observer.row, earlier.row],
  };
}

/** Two values, each with operations that were over before one of the other began: whichever came first was seen too late. */
function crossed(history: History, all: readonly Access[]): Finding | undefined {
  const writes = all.map(({ wrote }) => wrote).filter((wrote) => wrote !== undefined);
  if (new Set(writes).size < writes.length) return undefined;
  const blockOf = blocks(all);
  const accesses = all.filter(({ outcome }) => outcome === 'ok');
  for (const late of accesses.toReversed()) {
    for (const over of accesses.filter(({ complete }) => complete < late.invoke)) {
      const [own, other] = [blockOf(late), blockOf(over)];
      if (own === other) continue;
      for (const begun of accesses.filter((each) => blockOf(each) === other)) {
        const before = accesses.find((each) => blockOf(each) === own && each.complete < begun.invoke);
        if (!before) continue;
        return {
          kind: late.f === 'cas' ? 'cas success from a wrong value' : 'stale read',
          sentence:
            `${saying(history, late)}, after ${saying(history, over)}, so ${lastText(late)} came after ${lastText(over)}; ` +
            `but ${saying(history, begun)}, after ${saying(history, before)}, so ${lastText(begun)} came after ${lastText(before)}` +
            tieText(history, late, before, all) +
            tieText(history, over, begun, all),
          witnesses: [...new Set([late, over, begun, before])].map(({ row }) => row),
        };
      }
    }
  }
  return undefined;
}

/** The value that was there once this had happened. */
function lastText({ f, input, sawValue }: Access): string {
  return valueText(f === 'read' ? sawValue : f === 'cas' ? casPair(input)[1] : input);
}

/** Where one story tells of two values: who made one of the other. */
function tieText(history: History, a: Access, b: Access, accesses: readonly Access[]): string {
  if (lastText(a) === lastText(b)) return '';
  const blockOf = blocks(accesses);
  const links = accesses.filter((each) => each.f === 'cas' && blockOf(each) === blockOf(a));
  const names = links.slice(0, 3).map(({ row, input }) => `${processOf(history, row)}'s cas ${valueText(input)}`);
  const more = links.length > names.length ? ` and ${links.length - names.length} more` : '';
  return ` (${lastText(b)} and ${lastText(a)} stood side by side: ${names.join(', ')}${more})`;
}

/** Operations that no other value comes between: those of one value, and values that a cas ties together. */
function blocks(accesses: readonly Access[]): (access: Access) => string {
  const leader = new Map<string, string>();
  const find = (value: string): string => {
    const up = leader.get(value);
    return up === undefined ? value : find(up);
  };
  for (const { saw, wrote } of accesses) {
    if (saw === undefined || wrote === undefined) continue;
    const [from, to] = [find(saw), find(wrote)];
    if (from !== to) leader.set(to, from);
  }
  return ({ saw, wrote }) => find(saw ?? wrote ?? '');
}

/** `process 6 read 4 from n2 at 38.412 s`; `process 6's cas [4,5] succeeded on n2 at 38.412 s`. */
function saying(history: History, { row, f, input }: Access): string {
  if (f !== 'cas') return whatHappened(history, row);
  const where = nodePhrase(history, row, 'on');
  return `${processOf(history, row)}'s ${f} ${valueText(input)} succeeded${where} ${history.outcome[row] === OK ? whenPhrase(history, row) : ''}`.trimEnd();
}
