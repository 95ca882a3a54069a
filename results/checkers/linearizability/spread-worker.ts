/** A helper's thread: judges one key after another, for as long as there are any that nobody has taken. */
import { parentPort, workerData } from 'node:worker_threads';
import { startBudget } from './budget.ts';
import { modelOf, parseOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { judgeFor, registerAttempt } from './portfolio.ts';
import { DECIDED, noteValid, take, type Share } from './spread.ts';
import { splitByKey } from './subhistory.ts';

const { history, options, limits, values, board } = workerData as Share;
const model = modelOf(parseOptions(options));
// Without the values themselves a register can only be judged by the algorithms that need none.
const judge = model.register && values ? registerAttempt(history, model.register, values) : judgeFor(history, model);
const budget = startBudget(limits);
const parts = splitByKey(history);
const answer: [number, Outcome][] = [];
for (let part = take(board); part < parts.length; part = take(board)) {
  const outcome = judge(parts[part]!, budget);
  Atomics.add(board.counters, DECIDED, 1);
  if (outcome?.judgement === 'valid') noteValid(board, part, outcome.algorithm);
  else if (outcome?.judgement === 'invalid') answer.push([part, outcome]);
}
parentPort?.postMessage(answer);
