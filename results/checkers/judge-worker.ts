/** The thread in which a history is judged: reads it, checks it, weighs the evidence, and posts the verdict. */
import { availableParallelism } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { type History, loadHistory, readAnyHistory } from '../history/index.ts';
import { Problem } from '../problem.ts';
import type { Verdict } from '../verdict.ts';
import { conclude } from './conclude.ts';
import type { Judging, WorkerAnswer, WorkerMessage } from './judge.ts';
import { checkSpread, writeOrders } from './linearizability/index.ts';
import { findChecker } from './registry.ts';
import { refuseForeign } from './vocabulary.ts';

const judging = workerData as Judging;

const onProgress = (decided: number, total: number) =>
  parentPort?.postMessage({ progress: { decided, total } } satisfies WorkerMessage);

async function verdictOf({
  historyPath,
  spec,
  limits,
  expected,
  keyed,
  orderPath,
  aliases,
}: Judging): Promise<Verdict> {
  const checker = await findChecker(spec, aliases ?? {});
  const notices: string[] = [];
  const onNotice = (sentence: string) => void notices.push(sentence);
  // A run of ours keeps its columns for the report and the next check; a foreign file's folder is not ours to write in.
  const history = expected
    ? loadHistory(historyPath, { cache: true, onNotice })
    : readAnyHistory(historyPath, { onNotice, ...(keyed !== undefined && { keyed }) });
  // The one checker that knows how to use more than one thread.
  const judged =
    refuseForeign(history, spec) ??
    (spec.name === 'linearizable' && spec.module === undefined
      ? await checkSpread(history, spec.options ?? {}, limits, { threads: availableParallelism(), onProgress })
      : checker(history, limits));
  if (orderPath !== undefined) onNotice(order(history, judged, judging, orderPath));
  const verdict = conclude(judged, history, expected);
  return notices.length > 0 ? { ...verdict, notices } : verdict;
}

/** Writes the orders that prove a history linearizable, or says why there are none. */
function order(history: History, { judgement }: Verdict, { spec, limits }: Judging, path: string): string {
  if (spec.name !== 'linearizable' || spec.module !== undefined)
    return 'No order was written: only built-in models of linearizability give one.';
  if (judgement !== 'valid') return 'No order was written: it is not proven that there is one for every key.';
  return writeOrders(history, spec.options ?? {}, limits, path);
}

const answer: WorkerAnswer = await verdictOf(judging).then(
  (verdict) => ({ verdict }),
  (error: unknown) => {
    if (error instanceof Problem) return { problem: error.message, remedy: error.remedy };
    throw error;
  },
);
parentPort?.postMessage(answer);
