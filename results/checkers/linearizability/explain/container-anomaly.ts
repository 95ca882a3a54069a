/**
 * Names what a queue, a stack or a priority queue did wrong, from the smallest sub-history that shows it.
 *
 * Element from nowhere, from an operation that failed, taken before it was put in, taken twice, lost; empty although
 * something was inside; order inverted. What became of an element is looked up in the whole history.
 */
import { INFO, OK, type History, type Value } from '../../../history/index.ts';
import { canonical } from '../canonical.ts';
import type { Shape } from '../model.ts';
import { operationAt } from '../operation.ts';
import { nodePhrase, processOf, seconds, valueText, whenPhrase } from './phrase.ts';
import type { Finding } from './finding.ts';
import { elementMentionsOf, type ElementMentions } from './mentions.ts';

interface Words {
  readonly name: string;
  readonly put: string;
  readonly take: string;
  readonly wasPut: string;
  readonly wasTaken: string;
}

export type ContainerKind = Extract<Shape['kind'], 'queue' | 'stack' | 'priority-queue'>;

const WORDS: Readonly<Record<ContainerKind, Words>> = {
  queue: { name: 'queue', put: 'enqueue', take: 'dequeue', wasPut: 'enqueued', wasTaken: 'dequeued' },
  stack: { name: 'stack', put: 'push', take: 'pop', wasPut: 'pushed', wasTaken: 'popped' },
  'priority-queue': { name: 'priority queue', put: 'insert', take: 'poll', wasPut: 'inserted', wasTaken: 'polled' },
};

/** An element of those shown. */
interface Held {
  readonly value: Value;
  /** Its row; -1 if it is not shown. */
  put: number;
  /** Rows of those shown. */
  readonly shown: number[];
  /** In the whole history. */
  readonly whole: ElementMentions;
}

/** All that is told from. */
interface Contents {
  readonly history: History;
  readonly words: Words;
  readonly held: readonly Held[];
  /** Takes of those shown that found nothing. */
  readonly empty: readonly number[];
  /** Takes of unknown fate, in the whole history. */
  readonly crashed: readonly number[];
}

/** `smallest` in order of invocation; `all` the key's rows. Undefined: no name fits. */
export function nameContainerAnomaly(
  history: History,
  smallest: Int32Array,
  all: Int32Array,
  kind: ContainerKind,
): Finding | undefined {
  const contents = sortOut(history, smallest, all, WORDS[kind]);
  for (const each of contents.held) {
    const finding = each.put < 0 ? fromNowhere(contents, each) : tooOften(contents, each);
    if (finding) return finding;
  }
  // What follows is told of elements as if each had come once.
  if (contents.held.some(({ put, whole }) => put < 0 || whole.puts.length > 1)) return undefined;
  for (const row of contents.empty) return notEmpty(contents, row);
  return inverted(contents, kind);
}

function sortOut(history: History, smallest: Int32Array, all: Int32Array, words: Words): Contents {
  const held = new Map<string, Omit<Held, 'whole'>>();
  const empty: number[] = [];
  for (const row of smallest) {
    const { f, input, output } = operationAt(history, row);
    if (f === words.take && output === undefined) continue;
    if (f === words.take && output === null) empty.push(row);
    else {
      const value = f === words.put ? input : (output ?? null);
      const each = held.get(canonical(value)) ?? { value, put: -1, shown: [] };
      held.set(canonical(value), each);
      if (f === words.put) each.put = row;
      else each.shown.push(row);
    }
  }
  const elements = [...held.values()];
  const mentions = elementMentionsOf(
    history,
    all,
    elements.map(({ value }) => value),
    words,
  );
  const taking = history.fs.indexOf(words.take);
  const crashed: number[] = [];
  for (const row of all) if (history.outcome[row] === INFO && history.f[row] === taking) crashed.push(row);
  return {
    ...{ history, words, empty, crashed },
    held: elements.map((each) => ({ ...each, whole: mentions(each.value) })),
  };
}

/** It was taken, and none of those shown put it in. */
function fromNowhere({ history, words }: Contents, { value, shown, whole }: Held): Finding | undefined {
  const [take = 0] = shown;
  const what = taken(history, take, value, words);
  const [put] = whole.puts;
  if (put !== undefined) return tooEarly(history, take, put, value, words);
  const [failed] = whole.failed;
  if (failed === undefined) {
    return {
      kind: 'element from nowhere',
      sentence: `${what}, but nothing ever ${words.wasPut} it`,
      witnesses: [take],
    };
  }
  const had = (history.complete[failed] ?? 0) < (history.complete[take] ?? 0) ? 'had failed' : 'failed';
  return {
    kind: 'element from an operation that failed',
    sentence: `${what}, but ${processOf(history, failed)}'s ${words.put} of it ${had} at ${seconds(history.completeNs[failed] ?? 0)}`,
    witnesses: [take, failed],
  };
}

function tooEarly(history: History, take: number, put: number, value: Value, words: Words): Finding | undefined {
  if ((history.complete[take] ?? 0) > (history.invoke[put] ?? 0)) return undefined;
  const when = seconds(history.invokeNs[put] ?? 0);
  return {
    kind: `element ${words.wasTaken} before it was ${words.wasPut}`,
    sentence: `${taken(history, take, value, words)}, but ${processOf(history, put)} only began to ${words.put} it at ${when}`,
    witnesses: [take, put],
  };
}

function tooOften({ history, words }: Contents, { value, put, shown, whole }: Held): Finding | undefined {
  const [first, second] = shown;
  if (first === undefined) return undefined;
  if (whole.puts.length > 1) return undefined;
  if (second === undefined) return tooEarly(history, first, put, value, words);
  return {
    kind: `element ${words.wasTaken} twice`,
    sentence: `${taken(history, second, value, words)}, but ${taken(history, first, value, words)} too, and it was ${words.wasPut} only once`,
    witnesses: [second, first, put],
  };
}

/** A take found nothing. */
function notEmpty(contents: Contents, row: number): Finding | undefined {
  const { history, words, held } = contents;
  const what = `${processOf(history, row)} found the ${words.name} empty${nodePhrase(history, row, 'on')} ${whenPhrase(history, row)}`;
  const inside = held.filter((each) => isInside(history, each, history.invoke[row] ?? 0, history.complete[row] ?? 0));
  const [first] = inside;
  if (!first) {
    if (!isCovered(contents, row)) return undefined;
    return {
      kind: 'empty although it was not',
      sentence: `${what}, but at every moment of that one of ${held.map(({ value }) => valueText(value)).join(', ')} was inside`,
      witnesses: [row, ...held.map(({ put }) => put)].slice(0, 4),
    };
  }
  const [take] = first.whole.takes;
  const added = put(history, first, words);
  return {
    kind: take === undefined ? 'element lost' : 'empty although it was not',
    sentence: `${what}, but ${added} and ${fate(contents, first, row)}`,
    witnesses: [row, first.put, ...(take === undefined ? [] : [take])],
  };
}

/** Whether at each moment of an operation one of those shown was surely inside. */
function isCovered({ history, held, crashed }: Contents, row: number): boolean {
  const { invoke, complete, outcome } = history;
  const until = complete[row] ?? 0;
  if (crashed.some((each) => (invoke[each] ?? 0) < until)) return false;
  let at = invoke[row] ?? 0;
  const inside = held
    .filter(({ put }) => outcome[put] === OK)
    .sort((a, b) => (complete[a.put] ?? 0) - (complete[b.put] ?? 0));
  for (const each of inside) {
    const gone = Math.min(Infinity, ...each.whole.takes.map((take) => invoke[take] ?? 0));
    if ((complete[each.put] ?? 0) < at) at = Math.max(at, gone);
  }
  return at > until;
}

/** What became of an element that was inside until `row` had completed. */
function fate({ history, words, crashed }: Contents, { whole }: Held, row: number): string {
  const [take] = whole.takes;
  if (take !== undefined) return `nothing began to ${words.take} it before ${seconds(history.invokeNs[take] ?? 0)}`;
  if (crashed.length === 0) return `nothing ${words.wasTaken} it`;
  const before = crashed.filter((each) => (history.invoke[each] ?? 0) < (history.complete[row] ?? 0)).length;
  if (before === 0) return `nothing had ${words.wasTaken} it by then`;
  return `nothing had ${words.wasTaken} it by then: ${before} of unknown fate cannot have had all that was missing`;
}

/** One was taken although another one had to come first. */
function inverted(contents: Contents, kind: ContainerKind): Finding | undefined {
  const { history, words, held } = contents;
  const { invoke, complete } = history;
  for (const early of held) {
    const [take] = early.shown;
    if (take === undefined) continue;
    for (const due of held) {
      if (due === early || !isInside(history, due, invoke[take] ?? 0, complete[take] ?? 0, kind === 'queue')) continue;
      if (!comesFirst(history, due, early, kind)) continue;
      const reason = {
        queue: `${put(history, due, words)}, before the enqueue of ${valueText(early.value)} began`,
        stack: `${put(history, due, words)}, on top of it`,
        'priority-queue': `${put(history, due, words)}, which is larger`,
      }[kind];
      const [dueTake] = due.whole.takes;
      return {
        kind: { queue: 'order inverted (FIFO)', stack: 'order inverted (LIFO)', 'priority-queue': 'order inverted' }[
          kind
        ],
        sentence: `${taken(history, take, early.value, words)}, but ${reason}, and ${fate(contents, due, take)}`,
        witnesses: [take, early.put, due.put, ...(dueTake === undefined ? [] : [dueTake])],
      };
    }
  }
  return undefined;
}

/** Whether `due`, which was inside, had to be taken before `early`. */
function comesFirst({ invoke, complete, outcome }: History, due: Held, early: Held, kind: ContainerKind): boolean {
  const acknowledged = (row: number) => (outcome[row] === OK ? (complete[row] ?? 0) : Infinity);
  if (kind === 'queue') return acknowledged(due.put) < (invoke[early.put] ?? 0);
  if (kind === 'stack') return acknowledged(early.put) < (invoke[due.put] ?? 0);
  return Number(due.value) > Number(early.value);
}

/** Surely inside from before `from` until after `until`. For a queue it is enough that it is taken too late. */
function isInside(history: History, { put: row, whole }: Held, from: number, until: number, late = false): boolean {
  const { invoke, complete, outcome } = history;
  if (row < 0 || (!late && (outcome[row] === INFO || (complete[row] ?? 0) > from))) return false;
  return whole.takes.every((take) => (invoke[take] ?? 0) > until);
}

/** `process 3 dequeued 7 from n2 at 5.000 s`. */
function taken(history: History, row: number, value: Value, words: Words): string {
  return `${processOf(history, row)} ${words.wasTaken} ${valueText(value)}${nodePhrase(history, row, 'from')} ${whenPhrase(history, row)}`;
}

/** `process 1's enqueue of 7 was acknowledged by n1 at 3.000 s`. */
function put(history: History, { put: row, value }: Held, words: Words): string {
  const who = `${processOf(history, row)}'s ${words.put} of ${valueText(value)}`;
  if (history.outcome[row] !== OK) return `${who} had happened`;
  return `${who} was acknowledged${nodePhrase(history, row, 'by')} ${whenPhrase(history, row)}`;
}
