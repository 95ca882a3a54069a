/**
 * A register that writes values more than once: a frontier search, easy answers first.
 *
 * *Relax*: crashed operations may be used without limit. If even then nothing survives, nothing does. *Beam*: of the
 * configurations that differ only in the crashed operations they used, the thriftiest few are kept, ever more of them. Whatever
 * survives is a linearization. If nothing was left out, failing is definitive too.
 */
import type { History } from '../../history/index.ts';
import type { Budget } from './budget.ts';
import { searchFrontier, type FrontierAnswer } from './frontier.ts';
import type { Outcome } from './outcome.ts';
import type { RegisterProblem } from './register-problem.ts';

/** Usage vectors kept per configuration, one attempt after another; the last leaves out nothing. */
const WIDTHS = [1, 4, 16, 64, Infinity];

export function repeatedRegister(history: History, problem: RegisterProblem, budget: Budget): Outcome {
  const crashed = problem.crashes.length > 0;
  if (crashed) {
    const relaxed = searchFrontier(history, problem, { unlimited: true, width: 1 }, budget);
    // With crashed operations used without limit, what survived proves nothing.
    if (relaxed.answer === 'exceeded') return outcomeOf({ ...relaxed, at: -1 });
    if (relaxed.answer === 'stuck') return outcomeOf(relaxed);
  }
  let answer: FrontierAnswer = { answer: 'passed' };
  for (const width of crashed ? WIDTHS : [1]) {
    answer = searchFrontier(history, problem, { unlimited: false, width }, budget);
    if (answer.answer !== 'stuck' || !answer.truncated) break;
  }
  return outcomeOf(answer);
}

function outcomeOf(answer: FrontierAnswer): Outcome {
  const algorithm = 'repeated-register';
  switch (answer.answer) {
    case 'passed':
      return { judgement: 'valid', algorithm };
    case 'stuck':
      return { judgement: 'invalid', algorithm, cut: answer.at, witnesses: [], longest: [] };
    case 'exceeded':
      return { judgement: 'unknown', algorithm, reason: answer.reason, reached: answer.at };
  }
}
