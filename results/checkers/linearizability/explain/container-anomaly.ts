/**
 * Names what a queue, a stack or a priority queue did wrong, from the smallest sub-history that shows it.
 *
 * Element from nowhere, from an operation that failed, taken before it was put in, taken twice, lost; empty although
 * something was inside; order inverted.
 */
import { FAIL, INFO, OK, type History, type Value } from '../../../history/index.ts';
import { canonical } from '../canonical.ts';
import type { Shape } from '../model.ts';
import { operationAt } from '../operation.ts';
import { nodePhrase, processOf, seconds, valueText, whenPhrase } from './phrase.ts';
import type { Finding } from './register-anomaly.ts';

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

/** An element with its rows: -1 where there is none. */
interface Held {
  readonly value: Value;
  put: number;
  takes: number[];
}

/** `smallest` in order of invocation; `all` the key's rows. Undefined: no name fits. */
export function nameContainerAnomaly(
  history: History,
  smallest: Int32Array,
  all: Int32Array,
  kind: ContainerKind,
): Finding | undefined {
  const words = WORDS[kind];
  const { held, empty, crashed } = sortOut(history, smallest, words);
  for (const each of held) {
    const finding = each.put < 0 ? fromNowhere(history, each, all, words) : tooOften(history, each, words);
    if (finding) return finding;
  }
  for (const row of empty) return notEmpty(history, row, held, crashed, words);
  return inverted(history, held, crashed, kind);
}

function sortOut(history: History, rows: Int32Array, words: Words) {
  const held = new Map<string, Held>();
  const empty: number[] = [];
  let crashed = 0;
  for (const row of rows) {
    const { f, input, output } = operationAt(history, row);
    if (f === words.take && output === undefined) crashed++;
    else if (f === words.take && output === null) empty.push(row);
    else {
      const value = f === words.put ? input : (output ?? null);
      const each = held.get(canonical(value)) ?? { value, put: -1, takes: [] };
      held.set(canonical(value), each);
      if (f === words.put) each.put = row;
      else each.takes.push(row);
    }
  }
  return { held: [...held.values()], empty, crashed };
}

function fromNowhere(history: History, { value, takes }: Held, all: Int32Array, words: Words): Finding {
  const [take = 0] = takes;
  const what = taken(history, take, value, words);
  const puts = [...all].filter((row) => {
    const { f, input } = operationAt(history, row);
    return f === words.put && canonical(input) === canonical(value);
  });
  const failed = puts.find((row) => history.outcome[row] === FAIL);
  if (failed !== undefined) {
    return {
      kind: 'element from an operation that failed',
      sentence: `${what}, but ${processOf(history, failed)}'s ${words.put} of it had failed at ${seconds(history.completeNs[failed] ?? 0)}`,
      witnesses: [take, failed],
    };
  }
  return {
    kind: 'element from nowhere',
    sentence: `${what}, but nothing ever ${words.wasPut} it`,
    witnesses: [take],
  };
}

function tooOften(history: History, { value, put, takes }: Held, words: Words): Finding | undefined {
  const [first, second] = takes;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    return {
      kind: `element ${words.wasTaken} twice`,
      sentence: `${taken(history, second, value, words)}, but ${taken(history, first, value, words)} too, and it was ${words.wasPut} only once`,
      witnesses: [second, first, put],
    };
  }
  if ((history.complete[first] ?? 0) > (history.invoke[put] ?? 0)) return undefined;
  const when = seconds(history.invokeNs[put] ?? 0);
  return {
    kind: `element ${words.wasTaken} before it was ${words.wasPut}`,
    sentence: `${taken(history, first, value, words)}, but ${processOf(history, put)} only began to ${words.put} it at ${when}`,
    witnesses: [first, put],
  };
}

/** A take found nothing. */
function notEmpty(history: History, row: number, held: readonly Held[], crashed: number, words: Words): Finding {
  const what = `${processOf(history, row)} found the ${words.name} empty${nodePhrase(history, row, 'on')} ${whenPhrase(history, row)}`;
  const inside = held.filter((each) => isInside(history, each, history.invoke[row] ?? 0, history.complete[row] ?? 0));
  const [first] = inside;
  if (!first) {
    return {
      kind: 'empty although it was not',
      sentence: `${what}, but at every moment of that one of ${held.map(({ value }) => valueText(value)).join(', ')} was inside`,
      witnesses: [row, ...held.map(({ put }) => put)].slice(0, 4),
    };
  }
  const [take] = first.takes;
  const added = put(history, first, words);
  if (take === undefined) {
    const doubt = crashed > 0 ? `: ${crashed} of unknown fate cannot have had them all` : '';
    return {
      kind: 'element lost',
      sentence: `${what}, but ${added} and nothing ${words.wasTaken} it${doubt}`,
      witnesses: [row, first.put],
    };
  }
  return {
    kind: 'empty although it was not',
    sentence: `${what}, but ${added} and nothing began to ${words.take} it before ${seconds(history.invokeNs[take] ?? 0)}`,
    witnesses: [row, first.put, take],
  };
}

/** One was taken although another one had to come first. */
function inverted(history: History, held: readonly Held[], crashed: number, kind: ContainerKind): Finding | undefined {
  const words = WORDS[kind];
  const { invoke, complete } = history;
  for (const early of held) {
    const [take] = early.takes;
    if (take === undefined) continue;
    for (const due of held) {
      if (due === early || !isInside(history, due, invoke[take] ?? 0, complete[take] ?? 0, kind === 'queue')) continue;
      if (!comesFirst(history, due, early, kind)) continue;
      const reason = {
        queue: `${put(history, due, words)}, before the enqueue of ${valueText(early.value)} began`,
        stack: `${put(history, due, words)}, on top of it`,
        'priority-queue': `${put(history, due, words)}, which is larger`,
      }[kind];
      const [dueTake] = due.takes;
      const doubt = crashed > 0 ? `: ${crashed} of unknown fate cannot have had all that had to be gone` : '';
      const fate =
        dueTake === undefined
          ? `nothing ${words.wasTaken} it${doubt}`
          : `it was ${words.wasTaken} only from ${seconds(history.invokeNs[dueTake] ?? 0)} on`;
      return {
        kind: { queue: 'order inverted (FIFO)', stack: 'order inverted (LIFO)', 'priority-queue': 'order inverted' }[
          kind
        ],
        sentence: `${taken(history, take, early.value, words)}, but ${reason}, and ${fate}`,
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
function isInside(history: History, { put: row, takes }: Held, from: number, until: number, late = false): boolean {
  const { invoke, complete, outcome } = history;
  if (row < 0 || (!late && (outcome[row] === INFO || (complete[row] ?? 0) > from))) return false;
  return takes.every((take) => (invoke[take] ?? 0) > until);
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
