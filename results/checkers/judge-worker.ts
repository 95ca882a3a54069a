/** The thread in which a history is judged: reads it, checks it, weighs the evidence, and posts the verdict. */
import { parentPort, workerData } from 'node:worker_threads';
import { readHistory } from '../history/index.ts';
import { Problem } from '../problem.ts';
import { conclude } from './conclude.ts';
import type { Judging, WorkerAnswer } from './judge.ts';
import { checkers } from './registry.ts';

const { historyPath, spec, limits, expected } = workerData as Judging;

function answer(): WorkerAnswer {
  try {
    const makeChecker = checkers[spec.name];
    if (!makeChecker)
      throw new Problem(`there is no checker '${spec.name}'`, `Take one of: ${Object.keys(checkers).join(', ')}.`);
    const checker = makeChecker(spec.options ?? {});
    const history = readHistory(historyPath);
    return { verdict: conclude(checker(history, limits), history, expected) };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message, remedy: error.remedy };
    throw error;
  }
}

parentPort?.postMessage(answer());
