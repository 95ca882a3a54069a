/**
 * From a violation to what a person can see: its name, a sentence, the fewest operations, and the steps around it.
 */
import type { Limits } from '../../checker.ts';
import type { History } from '../../../history/index.ts';
import type { Anomaly, Step } from '../../../verdict.ts';
import { bruteForce } from '../brute-force.ts';
import { startBudget } from '../budget.ts';
import { generalSearch } from '../general/index.ts';
import type { Model } from '../model.ts';
import type { Violation } from '../outcome.ts';
import { judgeFor, type Judge } from '../portfolio.ts';
import type { Subhistory } from '../subhistory.ts';
import { valueText, whatHappened } from './phrase.ts';
import { nameAnomaly } from './object-anomaly.ts';
import type { Finding } from './finding.ts';
import { smallestOf } from './smallest.ts';
import { stepsAround } from './steps.ts';

/** Sub-histories up to this size are judged by the general search, larger ones by whoever found the violation. */
const SMALL = 60;
/** And the smallest by trying every order: no search is quicker, or surer. */
const TINY = 5;
/** For each attempt at leaving something out: what takes longer is kept. */
const ATTEMPT: Limits = { budgetMs: 500, memoryBytes: 2 ** 28 };
/** After this long the smallest sub-history so far is shown. */
const SHRINK_MS = 5000;

/** `judge` is the one that found `violation`. */
export function explain(part: Subhistory, model: Model, violation: Violation, judge: Judge): Anomaly {
  const { history, key } = part;
  const searched = (within: Subhistory) => generalSearch(within, model, startBudget(ATTEMPT));
  const judgeOf = judges(history, model, judge);
  const deadlineMs = performance.now() + SHRINK_MS;
  const smallest = smallestOf(part, model, violation, {
    judging: (within) => ({
      violates(rows) {
        const some = { ...within, rows };
        if (rows.length <= TINY) return bruteForce(some, model) === undefined;
        const outcome = rows.length <= SMALL ? searched(some) : judgeOf(within.history)(some, startBudget(ATTEMPT));
        return outcome.judgement === 'invalid';
      },
      isOver: () => performance.now() > deadlineMs,
    }),
    cutOf(within) {
      const outcome = within.rows.length <= SMALL ? searched(within) : undefined;
      return outcome?.judgement === 'invalid' ? outcome.cut : undefined;
    },
  });
  const again = searched({ ...part, rows: smallest });
  // Where each value has one writer, those that are left violate no earlier than the whole; and their cut is exact.
  const isExact = violation.algorithm === 'unique-register' && again.judgement === 'invalid';
  const cut = isExact ? again.cut : violation.cut;
  const name = history.keys[key];
  const named = smallest.length <= SMALL ? nameAnomaly(history, smallest, part.rows, model, cut) : undefined;
  const finding = named ?? unnamed(part, model, smallest, again.judgement === 'invalid' ? again : violation);
  return {
    kind: finding.kind,
    sentence: `${name === undefined ? '' : `key ${valueText(name)}: `}${finding.sentence}`,
    ...(name === undefined ? {} : { key: name }),
    events: finding.witnesses.flatMap((row) => eventsOf(part, row)),
    explanation: {
      smallest: Array.from(smallest, (row) => history.invoke[row] ?? 0),
      steps: steps(part, model, smallest, violation, again.judgement === 'invalid' ? again : undefined),
    },
  };
}

/** The judge at hand for the history it was made for, new ones for others. */
function judges(history: History, model: Model, judge: Judge): (other: History) => Judge {
  const known = new Map([[history, judge]]);
  return (other) => {
    const judging = known.get(other) ?? judgeFor(other, model);
    known.set(other, judging);
    return judging;
  };
}

/** Around the whole history's longest order where there was a search, else around that of the smallest. */
function steps(
  part: Subhistory,
  model: Model,
  smallest: Int32Array,
  violation: Violation,
  again: Violation | undefined,
): readonly Step[] {
  if (violation.longest.length > 0) return stepsAround(part, model, violation);
  return again ? stepsAround({ ...part, rows: smallest }, model, again) : [];
}

/** For models without names of their own: the operation that fits nowhere. */
function unnamed(part: Subhistory, model: Model, smallest: Int32Array, { cut, longest }: Violation): Finding {
  const { history } = part;
  const stuck = [...smallest].find((row) => history.complete[row] === cut) ?? smallest.at(-1) ?? 0;
  const others = smallest.length - 1;
  const context = `the ${model.name} allows it in no order with the other ${others === 1 ? 'operation' : `${others} operations`}`;
  const alone = `the ${model.name} never allows it`;
  return {
    kind: 'not linearizable',
    sentence: `${whatHappened(history, stuck)}, but ${others === 0 ? alone : context}`,
    witnesses: [stuck, ...[...longest].slice(-3)],
  };
}

function eventsOf({ history }: Subhistory, row: number): number[] {
  const complete = history.complete[row] ?? 0;
  return complete < history.events ? [history.invoke[row] ?? 0, complete] : [history.invoke[row] ?? 0];
}
