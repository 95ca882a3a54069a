/**
 * Picks the algorithm by what the history is, not by what the user said.
 *
 * A register whose values are all written once: linear time. A register that repeats values: the frontier search. A queue, a
 * set, a lock ...: its direct method. Everything else, and what those leave open: the general search. The choice is made key
 * by key.
 */
import type { History } from '../../history/index.ts';
import type { Budget } from './budget.ts';
import { directJudge } from './direct/index.ts';
import { generalSearch } from './general/index.ts';
import type { Model, RegisterRules } from './model.ts';
import type { Algorithm, Outcome } from './outcome.ts';
import { registerProblem } from './register-problem.ts';
import { registerValues, type RegisterValues } from './register-values.ts';
import { repeatedRegister } from './repeated-register.ts';
import type { Subhistory } from './subhistory.ts';
import { sweep } from './unique-sweep.ts';
import { uniqueRegister } from './unique-register.ts';

/** With fewer keys, each by itself is near enough. */
const SWEPT_KEYS = 8;

/** Judges one key's operations. */
export type Judge = (part: Subhistory, budget: Budget) => Outcome;

/**
 * A judge for the keys of one history. `algorithm` forces one; where that cannot judge, the outcome is unknown. `known`: the
 * values of a register, if they were worked out before.
 */
export function judgeFor(history: History, model: Model, algorithm?: Algorithm, known?: RegisterValues): Judge {
  const general: Judge = (part, budget) => generalSearch(part, model, budget);
  if (algorithm === 'wgl') return general;
  if (!model.register) return objectJudge(history, model, general, algorithm);
  const values = known ?? registerValues(history, model.register);
  const unique = uniqueJudge(model.register, values);
  const repeated = repeatedJudge(history, model.register, values);
  switch (algorithm) {
    case undefined:
      return otherwise(
        otherwise(sweepJudge(history, model.register, values), registerAttempt(history, model.register, values)),
        general,
      );
    case 'unique-register':
      return otherwise(unique, refusal(algorithm, 'some value is written more than once, or a failed cas is evidence'));
    case 'repeated-register':
      return otherwise(repeated, refusal(algorithm, 'there is an operation that is no read, write or cas'));
    default:
      return refusal(algorithm, 'it is no algorithm for registers');
  }
}

/** What decides registers by the ids of values alone, one after the other. */
export function registerAttempt(history: History, rules: RegisterRules, values: RegisterValues): Attempt {
  return otherwise(uniqueJudge(rules, values), repeatedJudge(history, rules, values));
}

/** For models that are no registers. */
function objectJudge(history: History, model: Model, general: Judge, algorithm?: Algorithm): Judge {
  const direct = directJudge(history, model, general);
  if (!algorithm) return direct ? otherwise(direct, general) : general;
  const refuse = refusal(algorithm, `it does not decide this history of the model ${model.name}`);
  return (part, budget) => {
    const outcome = direct?.(part, budget);
    return outcome?.algorithm === algorithm ? outcome : refuse(part, budget);
  };
}

/** Undefined where the algorithm cannot take it. */
export type Attempt = (part: Subhistory, budget: Budget) => Outcome | undefined;

function otherwise<O extends Outcome | undefined>(
  first: Attempt,
  second: (part: Subhistory, budget: Budget) => O,
): (part: Subhistory, budget: Budget) => Outcome | O {
  return (part, budget) => first(part, budget) ?? second(part, budget);
}

/** Takes the keys that one pass over the whole history proves valid. */
function sweepJudge(history: History, rules: RegisterRules, values: RegisterValues): Attempt {
  if (history.keys.length < SWEPT_KEYS) return () => undefined;
  const valid = sweep(history, rules, values);
  // Of a part of a key's operations it knows nothing.
  return ({ key, isWhole }) =>
    valid[key] === 1 && isWhole === true ? { judgement: 'valid', algorithm: 'unique-register' } : undefined;
}

function uniqueJudge(rules: RegisterRules, values: RegisterValues): Attempt {
  return (part) => {
    const verdict = uniqueRegister(part, rules, values);
    if (verdict.judgement === 'unsuited') return undefined;
    return verdict.judgement === 'valid' ? { judgement: 'valid', algorithm: 'unique-register' } : verdict;
  };
}

function repeatedJudge(history: History, rules: RegisterRules, values: RegisterValues): Attempt {
  return (part, budget) => {
    const problem = registerProblem(part, rules, values);
    return problem && repeatedRegister(history, problem, budget);
  };
}

function refusal(algorithm: Algorithm, reason: string): Judge {
  return () => ({ judgement: 'unknown', algorithm, reason: `${algorithm} was asked for, but ${reason}`, reached: -1 });
}
