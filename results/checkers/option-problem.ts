/** What is wrong with the options that a checker was given, in one sentence. */
import type { z } from 'zod';
import { Problem } from '../problem.ts';

/** `who`: as the sentence begins; `known`: all that it takes. */
export function optionProblem(who: string, { issues }: z.ZodError, known: readonly string[]): Problem {
  const remedy = known.length > 0 ? `It takes: ${known.join(', ')}.` : 'It takes none.';
  const [issue] = issues;
  if (issue?.code === 'unrecognized_keys')
    return new Problem(`${who} has no option ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}.`, remedy);
  const name = issue?.path.join('.') ?? '';
  return new Problem(`${who} cannot use the option ${JSON.stringify(name)}: ${issue?.message ?? 'not valid'}.`, remedy);
}
