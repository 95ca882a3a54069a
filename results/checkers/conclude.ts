/**
 * The last word: a checker's verdict weighed with the evidence of the run.
 *
 * A proven violation stands, whatever else is missing. A `valid` that rests on nothing becomes `unknown: vacuous`, and
 * says what is missing.
 */
import { eventAt, type History } from '../history/index.ts';
import type { Anomaly, FaultEvidence, Verdict } from '../verdict.ts';
import { type Expectations, gatherEvidence } from './evidence.ts';

export function conclude(verdict: Verdict, history: History, expected?: Expectations): Verdict {
  const evidence = gatherEvidence(history, expected);
  const anomalies = verdict.anomalies.map((anomaly) => withFaults(anomaly, history, evidence.faults));
  if (verdict.judgement !== 'valid' || evidence.missing.length === 0) return { ...verdict, anomalies, evidence };
  return {
    ...verdict,
    judgement: 'unknown',
    sentence: `vacuous: ${evidence.missing[0] ?? ''}${evidence.missing.length > 1 ? `, and ${evidence.missing.length - 1} more` : ''}`,
    reasons: [...verdict.reasons, ...evidence.missing],
    evidence,
  };
}

/** Says what was in force when an anomaly showed: most often its cause. */
function withFaults(anomaly: Anomaly, history: History, faults: readonly FaultEvidence[]): Anomaly {
  const shownNs = Math.max(...anomaly.events.map((event) => eventAt(history, event).timeNs));
  const during = faults.flatMap(({ fault, describe, firstEffectNs, healAskedNs = Infinity }) =>
    firstEffectNs !== undefined && firstEffectNs <= shownNs && shownNs <= healAskedNs
      ? [`${fault} ${describe} since ${(firstEffectNs / 1e9).toFixed(1)} s`]
      : [],
  );
  return during.length > 0 ? { ...anomaly, during } : anomaly;
}
