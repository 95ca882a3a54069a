/**
 * Direct methods: objects that are not registers, decided without a search where their histories allow it.
 *
 * Each method is a file that knows its object and says one of three things of a part: rows that prove a violation, nothing
 * wrong, or that it cannot tell (elements put in twice, a crashed take that may have had one of several). What it cannot tell
 * the general search must.
 */
import type { History } from '../../../history/index.ts';
import type { Budget } from '../budget.ts';
import type { Model, Shape } from '../model.ts';
import type { Algorithm, Outcome } from '../outcome.ts';
import type { Subhistory } from '../subhistory.ts';
import { judgeAppendList } from './append-list.ts';
import { judgeCounter } from './counter.ts';
import { cutAt, pairElements, withCrashed, type Elements, type Witnesses } from './elements.ts';
import { judgeFencedLock } from './fenced-lock.ts';
import { judgeGrowOnlySet } from './grow-only-set.ts';
import { judgePriorityQueue } from './priority-queue.ts';
import { judgeQueue } from './queue.ts';
import { judgeSemaphore, turnsOf } from './semaphore.ts';
import { judgeElement, sayingsOf, splitByElement } from './set.ts';
import { withSources } from './sources.ts';
import { judgeStack } from './stack.ts';
import { textsJudge } from './texts.ts';

/** Undefined where the part is not of the kind that the method decides. */
export type DirectJudge = (part: Subhistory, budget: Budget) => Outcome | undefined;

type GeneralJudge = (part: Subhistory, budget: Budget) => Outcome;

type Answer = Witnesses | undefined | 'unsuited' | 'unsure';

/** The method for a model, for all keys of one history; undefined if there is none. `general` judges what is left to it. */
export function directJudge(history: History, model: Model, general: GeneralJudge): DirectJudge | undefined {
  const { shape } = model;
  if (!shape) return undefined;
  const deciding = (algorithm: Algorithm, judge: (part: Subhistory) => Answer): DirectJudge => {
    return (part) => outcomeOf(part, algorithm, judge(part));
  };
  switch (shape.kind) {
    case 'queue':
      return deciding('unique-queue', container(history, 'enqueue', 'dequeue', judgeQueue));
    case 'stack':
      return deciding('unique-stack', container(history, 'push', 'pop', judgeStack));
    case 'priority-queue':
      return deciding(
        'unique-priority-queue',
        container(history, 'insert', 'poll', (elements) => judgePriorityQueue(history, elements)),
      );
    case 'set':
      return setJudge(history, general);
    case 'append-list':
      return deciding('append-list', (part) => sourced(part, 'append', judgeAppendList(part)));
    case 'text':
      return deciding('unique-texts', textsJudge(history));
    case 'fenced-lock':
      return deciding('fenced-lock', judgeFencedLock);
    case 'counter':
      return deciding('counter', (part) => judgeCounter(part, shape.init));
    case 'semaphore':
      return deciding('semaphore', (part) => judgeTurns(part, shape));
  }
}

function container(
  history: History,
  put: string,
  take: string,
  judge: (elements: Elements) => Answer,
): (part: Subhistory) => Answer {
  const table = new Int32Array(history.values.length);
  return (part) => {
    const paired = pairElements(part, put, take, table);
    if (!paired) return 'unsuited';
    if (!('count' in paired)) return paired;
    const answer = judge(paired);
    return typeof answer === 'object' ? withCrashed(part, paired, answer) : answer;
  };
}

function sourced(part: Subhistory, put: string, answer: Answer): Answer {
  return typeof answer === 'object' ? withSources(part, put, answer) : answer;
}

function judgeTurns(part: Subhistory, { permits, held }: Extract<Shape, { kind: 'semaphore' }>): Answer {
  const turns = turnsOf(part);
  return turns ? judgeSemaphore(turns, permits, held) : 'unsuited';
}

/** Element by element where nobody read the whole set; as a chain of reads where nobody removed anything. */
function setJudge(history: History, general: GeneralJudge): DirectJudge {
  const table = new Int32Array(history.values.length);
  const says = sayingsOf(history);
  return (part, budget) => {
    const split = splitByElement(part, says, table);
    if (!split) return outcomeOf(part, 'grow-only-set', sourced(part, 'add', judgeGrowOnlySet(part)));
    let undecided: Outcome | undefined;
    const { rows, ends } = split;
    for (let element = 0, start = 0; element < ends.length; start = ends[element++]!) {
      const answer = judgeElement(history, rows, start, ends[element]!, says);
      if (answer === undefined) continue;
      if (answer !== 'repeated') return outcomeOf(part, 'set-by-element', answer);
      const outcome = general({ ...part, rows: rows.subarray(start, ends[element]) }, budget);
      if (outcome.judgement === 'invalid') return outcome;
      if (outcome.judgement === 'unknown') undecided = outcome;
    }
    return undecided ?? { judgement: 'valid', algorithm: 'set-by-element' };
  };
}

function outcomeOf(part: Subhistory, algorithm: Algorithm, answer: Answer): Outcome | undefined {
  if (answer === undefined) return { judgement: 'valid', algorithm };
  if (typeof answer === 'string') return undefined;
  return {
    judgement: 'invalid',
    algorithm,
    cut: cutAt(part, answer),
    witnesses: answer,
    conclusive: true,
    longest: [],
  };
}
