/** A helper's thread: in each round it judges one key after another, for as long as there are any that nobody has taken. */
import { parentPort, workerData } from 'node:worker_threads';
import { isStopped } from '../checker.ts';
import { type Answer, noteDecided, noteValid, type Share, take, type Turn } from './board.ts';
import { sliceOf } from './budget.ts';
import { modelOf, parseOptions } from './options.ts';
import { judgeFor, registerAttempt } from './portfolio.ts';
import { splitByKey } from './subhistory.ts';

const { history, options, limits, values, board } = workerData as Share;
const model = modelOf(parseOptions(options));
// Without the values themselves a register can only be judged by the algorithms that need none.
const judge = model.register && values ? registerAttempt(history, model.register, values) : judgeFor(history, model);
const parts = splitByKey(history);

parentPort?.on('message', (turn: Turn) => parentPort?.postMessage(play(turn)));

function play({ parts: round, sliceMs }: Turn): Answer {
  const found: Answer['found'][number][] = [];
  const unsuited: number[] = [];
  for (let place = take(board); place < round.length && !isStopped(limits); place = take(board)) {
    const part = round[place]!;
    const budget = sliceOf(limits, sliceMs, Infinity);
    const outcome = judge(parts[part]!, budget);
    if (!outcome) unsuited.push(part);
    else if (outcome.judgement === 'valid') noteValid(board, part, outcome.algorithm);
    else found.push([part, outcome, budget.shortage]);
    if (outcome && outcome.judgement !== 'unknown') noteDecided(board);
  }
  return { found, unsuited };
}
