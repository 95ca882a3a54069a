/** summary.json: a run on one line of the index, at most 4 KB; all that lists and trends read. */
import type { Judgement, Verdict } from '../verdict.ts';
import type { RunInfo } from './run-info.ts';

export interface Summary {
  readonly id: string;
  readonly startedAt: string;
  readonly target: string;
  readonly workload: string;
  readonly nemesis: readonly string[];
  readonly seed: string;
  readonly judgement: Judgement;
  readonly sentence: string;
  readonly anomalies: readonly string[];
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly faults: number;
  readonly faultsSeen: number;
  readonly again: string;
}

const LONGEST_SENTENCE = 1000;

export function summarize(run: RunInfo, verdict: Verdict): Summary {
  const { ok = 0, fail = 0, info = 0 } = verdict.evidence?.operations ?? {};
  const faults = verdict.evidence?.faults ?? [];
  return {
    id: run.id,
    startedAt: run.startedAt,
    target: run.target.name,
    workload: run.workload.name,
    nemesis: run.nemesis,
    seed: run.seed,
    judgement: verdict.judgement,
    sentence: verdict.sentence.slice(0, LONGEST_SENTENCE),
    anomalies: [...new Set(verdict.anomalies.map(({ kind }) => kind))],
    ok,
    fail,
    info,
    faults: faults.length,
    faultsSeen: faults.filter(({ effect }) => effect?.seen).length,
    again: run.again.slice(0, LONGEST_SENTENCE),
  };
}
