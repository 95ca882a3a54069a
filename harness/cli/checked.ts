/** One run or history, judged: a verdict, or why there can be none. */
import {
  type CheckSpec,
  judge,
  type Limits,
  Problem,
  type Progress,
  readRunInfo,
  shownPath,
  type Verdict,
  writeReport,
} from '../../results/index.ts';
import { ALIASES } from '../catalog.ts';
import { judgeRun } from '../trial.ts';
import type { Found } from './histories.ts';

export interface Checked {
  readonly path: string;
  readonly verdict?: Verdict;
  /** Of a run: its renewed report. */
  readonly report?: string;
  /** Why it could not be judged. */
  readonly failure?: Problem;
}

export interface How {
  /** For a history; a run says itself how it is judged. */
  readonly spec: CheckSpec;
  readonly keyed?: boolean;
  /** Where to write the order that proves it linearizable. */
  readonly orderPath?: string;
  readonly limits: Limits;
  /** Ends the check with what is decided. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export async function checkFound({ path, kind, problem }: Found, how: How): Promise<Checked> {
  if (problem) return { path, failure: problem };
  try {
    return kind === 'run' ? await checkRun(path, how) : { path, verdict: await checkHistory(path, how) };
  } catch (error) {
    if (error instanceof Problem) return { path, failure: error };
    throw error;
  }
}

async function checkRun(path: string, { limits, signal, onProgress, orderPath }: How): Promise<Checked> {
  const order = orderPath === undefined ? {} : { orderPath };
  const verdict = await judgeRun(path, readRunInfo(path), { limits, signal, onProgress, ...order });
  return { path, verdict, report: shownPath(await writeReport(path)) };
}

function checkHistory(path: string, { spec, keyed, limits, signal, onProgress, orderPath }: How): Promise<Verdict> {
  const said = { ...(keyed !== undefined && { keyed }), ...(orderPath !== undefined && { orderPath }) };
  return judge({ historyPath: path, spec, limits, aliases: ALIASES, ...said }, signal, onProgress);
}
