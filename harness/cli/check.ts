/** `ordeal check`: judge a stored run, or a history from elsewhere, again. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import {
  DEFAULT_LIMITS,
  judge,
  readRunInfo,
  shownPath,
  type Value,
  type Verdict,
  verdictText,
  writeReport,
} from '../../results/index.ts';
import { judgeRun } from '../trial.ts';
import { parseDuration } from './duration.ts';
import { EXIT, exitCodeOf, UsageProblem } from './exit.ts';

interface CheckOptions {
  readonly model: string;
  readonly algorithm?: string;
  readonly budget: number;
  readonly json: boolean;
}

export function checkCommand(): Command {
  return new Command('check')
    .summary('judge a stored run or a history again')
    .description("Judges a run's folder, or a history file of any known format, and says what it finds.")
    .argument('<path...>', "a run's folder (runs/latest), or a history file")
    .option('-m, --model <name>', 'for a history file: the promise it is held to', 'register')
    .option('--algorithm <name>', 'force one algorithm instead of the automatic choice')
    .addOption(
      new Option('--budget <duration>', 'time for each check')
        .argParser(parseDuration)
        .default(DEFAULT_LIMITS.budgetMs, '10m'),
    )
    .option('--json', 'print the verdicts as JSON, one a line', false)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: CheckOptions) => {
      const outcomes = [];
      for (const path of paths) outcomes.push({ verdict: await checkOne(path, options) });
      process.exitCode = outcomes.length === 0 ? EXIT.usage : exitCodeOf(outcomes, false);
    });
}

const EXAMPLES = `
Examples:
  ordeal check runs/latest                        judge the last run again, and renew its report
  ordeal check history.jsonl --model register     a history of one's own
  ordeal check history.edn --model register       one of Jepsen's`;

async function checkOne(path: string, options: CheckOptions): Promise<Verdict> {
  if (!existsSync(path)) throw new UsageProblem(`${path} does not exist.`, "Name a run's folder or a history file.");
  const limits = { ...DEFAULT_LIMITS, budgetMs: options.budget };
  const isRun = statSync(path).isDirectory() && existsSync(join(path, 'run.json'));
  const verdict = isRun
    ? await judgeRun(path, readRunInfo(path), limits)
    : await judge({ historyPath: path, spec: specOf(options), limits });
  const report = isRun ? await writeReport(path) : undefined;
  const text = options.json
    ? JSON.stringify({ path, ...verdict }, (_name, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      ) + '\n'
    : `${shownPath(path)}\n${verdictText(verdict, report === undefined ? {} : { report: shownPath(report) }, pc)}`;
  process.stdout.write(text);
  return verdict;
}

function specOf({ model, algorithm }: CheckOptions): { name: string; options: Record<string, Value> } {
  return { name: 'linearizable', options: { model, ...(algorithm !== undefined && { algorithm }) } };
}
