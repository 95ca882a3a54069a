/**
 * Picks the algorithm by what the history is, not by what the user said.
 *
 * A register whose values are all written once: linear time. A register that repeats values: the frontier search. Everything
 * else: the general search. The choice is made key by key.
 */
import type { History } from '../../history/index.ts';
import type { Budget } from './budget.ts';
import type { Model, RegisterRules } from './model.ts';
import type { Algorithm, Outcome } from './outcome.ts';
import { registerValues } from './register-values.ts';
import type { Subhistory } from './subhistory.ts';
import { uniqueRegister, uniqueScratch } from './unique-register.ts';
import { wgl } from './wgl.ts';

/** Judges one key's operations. */
export type Judge = (part: Subhistory) => Outcome;

/**
 * A judge for the keys of one history, none with more than `largest` operations. `algorithm` forces one; where that cannot
 * judge, the outcome is unknown.
 */
export function judgeFor(
  history: History,
  largest: number,
  model: Model,
  budget: Budget,
  algorithm?: Algorithm,
): Judge {
  const general: Judge = (part) => wgl(part, model, budget);
  if (algorithm === 'wgl') return general;
  if (!model.register)
    return algorithm ? refusal(algorithm, `it judges registers, not the model ${model.name}`) : general;
  const unique = uniqueJudge(history, largest, model.register);
  if (algorithm === 'unique-register') {
    const refuse = refusal(algorithm, 'some value is written more than once, or a failed cas is taken as evidence');
    return (part) => unique(part) ?? refuse(part);
  }
  return (part) => unique(part) ?? general(part);
}

/** Undefined where the values are not unique. */
function uniqueJudge(
  history: History,
  largest: number,
  rules: RegisterRules,
): (part: Subhistory) => Outcome | undefined {
  const values = registerValues(history, rules.init);
  const scratch = uniqueScratch(largest, values.count);
  return (part) => {
    const verdict = uniqueRegister(part, rules, values, scratch);
    if (verdict.judgement === 'unsuited') return undefined;
    return verdict.judgement === 'valid' ? { judgement: 'valid', algorithm: 'unique-register' } : verdict;
  };
}

function refusal(algorithm: Algorithm, reason: string): Judge {
  return () => ({ judgement: 'unknown', algorithm, reason: `${algorithm} was asked for, but ${reason}`, reached: -1 });
}
