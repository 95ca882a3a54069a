/**
 * The last word: a checker's verdict weighed with the evidence of the run.
 *
 * A proven violation stands, whatever else is missing. A `valid` that rests on nothing becomes `unknown: vacuous`, and
 * says what is missing.
 */
import type { History } from '../history/index.ts';
import type { Verdict } from '../verdict.ts';
import { type Expectations, gatherEvidence } from './evidence.ts';

export function conclude(verdict: Verdict, history: History, expected?: Expectations): Verdict {
  const evidence = gatherEvidence(history, expected);
  if (verdict.judgement !== 'valid' || evidence.missing.length === 0) return { ...verdict, evidence };
  return {
    ...verdict,
    judgement: 'unknown',
    sentence: `vacuous: ${evidence.missing[0] ?? ''}${evidence.missing.length > 1 ? `, and ${evidence.missing.length - 1} more` : ''}`,
    reasons: [...verdict.reasons, ...evidence.missing],
    evidence,
  };
}
