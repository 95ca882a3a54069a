/**
 * The checker: is the history linearizable? Splits by key, has each key judged, and puts one verdict together.
 *
 * A proven violation outranks every unknown, and no unknown key ever hides behind valid ones.
 */
import { isStopped, type Limits } from '../checker.ts';
import { listKeys } from '../key-lists.ts';
import type { History } from '../../history/index.ts';
import type { Anomaly, Verdict } from '../../verdict.ts';
import { explain } from './explain/index.ts';
import { valueText } from './explain/phrase.ts';
import { withModelKeys } from './locality.ts';
import type { Model } from './model.ts';
import { modelOf, parseOptions, type LinearizableOptions } from './options.ts';
import type { Algorithm, Outcome, Undecided, Violation } from './outcome.ts';
import { judgeFor, type Judge } from './portfolio.ts';
import { judgeInRounds } from './rounds.ts';
import { splitByKey, type Subhistory } from './subhistory.ts';

const VERSION = '1';
/** Keys whose violation is worked out in full; the others are counted. */
const EXPLAINED_KEYS = 5;

/** Judges by a built-in model. Throws a Problem on options it does not know. */
export function check(history: History, options: LinearizableOptions, limits: Limits): Verdict {
  const parsed = parseOptions(options);
  return checkModel(history, modelOf(parsed), limits, parsed.algorithm);
}

/** Judges by any model, a user's own too. Throws a Problem where that does not keep to what models are. */
export function checkModel(recorded: History, model: Model, limits: Limits, algorithm?: Algorithm): Verdict {
  const startMs = performance.now();
  const history = withModelKeys(recorded, model);
  const parts = splitByKey(history);
  const judge = judgeFor(history, model, algorithm);
  const outcomes = judgeInRounds(parts, judge, limits, startMs);
  return concludeKeys(history, model, parts, outcomes, judge, limits, startMs);
}

/** One verdict from what was found of each part; `judge` helps to explain. */
export function concludeKeys(
  history: History,
  model: Model,
  parts: readonly Subhistory[],
  outcomes: readonly Outcome[],
  judge: Judge,
  limits: Limits,
  startMs: number,
): Verdict {
  const algorithms: Record<string, number> = {};
  const violations: (readonly [Subhistory, Violation])[] = [];
  const unknowns: (readonly [Subhistory, Undecided])[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const part = parts[index];
    if (!part) throw new RangeError(`outcome ${index} of ${parts.length} keys`);
    const { algorithm } = outcome;
    if (algorithm !== undefined) algorithms[algorithm] = (algorithms[algorithm] ?? 0) + 1;
    if (outcome.judgement === 'invalid') violations.push([part, outcome]);
    if (outcome.judgement === 'unknown') unknowns.push([part, outcome]);
  }
  violations.sort(([, a], [, b]) => a.cut - b.cut);
  const anomalies = violations
    .slice(0, isStopped(limits) ? 1 : EXPLAINED_KEYS)
    .map(([part, violation]) => explain(part, model, violation, judge))
    // The clearest first: what takes the fewest operations to see.
    .sort((a, b) => sizeOf(a) - sizeOf(b));
  const total = Math.max(1, parts.length);
  const keys = {
    valid: total - violations.length - unknowns.length,
    invalid: violations.length,
    unknown: unknowns.length,
    ...listKeys(parts, (index) => outcomes[index]?.judgement ?? 'unknown'),
  };
  return {
    judgement: keys.invalid > 0 ? 'invalid' : keys.unknown > 0 ? 'unknown' : 'valid',
    sentence: sentence(history, model, keys, anomalies, isStopped(limits)),
    anomalies,
    reasons: unknowns.map(([part, outcome]) => reason(part, outcome)).slice(0, 10),
    checker: {
      name: 'linearizable',
      version: VERSION,
      model: model.name,
      algorithms,
      operations: history.count,
      durationMs: performance.now() - startMs,
    },
    keys,
  };
}

function sizeOf({ explanation }: Anomaly): number {
  return explanation?.smallest.length ?? Infinity;
}

function sentence(
  history: History,
  model: Model,
  keys: Verdict['keys'],
  anomalies: readonly Anomaly[],
  interrupted: boolean,
): string {
  const total = keys.valid + keys.invalid + keys.unknown;
  const whole = total === 1 ? `the ${model.name}` : `${keys.unknown} of ${total} keys`;
  const [first] = anomalies;
  if (first) {
    const others = keys.invalid > 1 ? ` (${keys.invalid} of ${total} keys are violated)` : '';
    return `Not linearizable: ${first.sentence}${others}`;
  }
  const why = interrupted ? 'before the interrupt' : 'within the limits';
  if (keys.unknown > 0) return `Not decided: ${whole} could not be judged ${why}.`;
  const where = total === 1 ? '' : ` on ${total} keys`;
  return `Linearizable: all ${history.count} operations${where} fit the model ${model.name}.`;
}

function reason(part: Subhistory, { reason: why, reached, placed }: Undecided): string {
  const key = part.history.keys[part.key];
  const subject = key === undefined ? 'The history' : `Key ${valueText(key)}`;
  const prefix = reached < 0 ? '' : `; it is linearizable up to event ${reached}`;
  const count = placed === undefined ? '' : `, with ${placed.count} of ${placed.of} operations placed`;
  return `${subject}: ${why}${prefix}${prefix && count}.`;
}
