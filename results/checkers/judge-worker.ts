/** The thread in which a history is judged: reads it, checks it, weighs the evidence, and posts the verdict. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadHistory, readAnyHistory } from '../history/index.ts';
import { Problem } from '../problem.ts';
import type { Verdict } from '../verdict.ts';
import { conclude } from './conclude.ts';
import type { Judging, WorkerAnswer } from './judge.ts';
import { findChecker } from './registry.ts';

const judging = workerData as Judging;

async function verdictOf({ historyPath, spec, limits, expected, aliases }: Judging): Promise<Verdict> {
  const checker = await findChecker(spec, aliases ?? {});
  const notices: string[] = [];
  const onNotice = (sentence: string) => void notices.push(sentence);
  // A run of ours keeps its columns for the report and the next check; a foreign file's folder is not ours to write in.
  const history = expected
    ? loadHistory(historyPath, { cache: true, onNotice })
    : readAnyHistory(historyPath, { onNotice });
  const verdict = conclude(checker(history, limits), history, expected);
  return notices.length > 0 ? { ...verdict, notices } : verdict;
}

const answer: WorkerAnswer = await verdictOf(judging).then(
  (verdict) => ({ verdict }),
  (error: unknown) => {
    if (error instanceof Problem) return { problem: error.message, remedy: error.remedy };
    throw error;
  },
);
parentPort?.postMessage(answer);
