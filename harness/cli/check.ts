/** `ordeal check`: judge stored runs, or histories from elsewhere, again. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import {
  type CheckSpec,
  DEFAULT_LIMITS,
  judge,
  looksLikePath,
  type Progress,
  readRunInfo,
  shownPath,
  type Verdict,
  verdictText,
  writeReport,
} from '../../results/index.ts';
import { ALIASES } from '../catalog.ts';
import { judgeRun } from '../trial.ts';
import { parseDuration } from './duration.ts';
import { exitCodeOf, UsageProblem } from './exit.ts';

interface CheckOptions {
  readonly checker: string;
  readonly model: string;
  readonly algorithm?: string;
  readonly budget: number;
  readonly json: boolean;
}

export function checkCommand(): Command {
  return new Command('check')
    .summary('judge stored runs or histories again')
    .description("Judges runs' folders, history files of any known format, or all such files below a folder.")
    .argument('<path...>', "a run's folder (runs/latest), a history file, or a folder of them")
    .option(
      '-m, --model <name>',
      'for a history file: the promise it is held to, or the path of a module with a model',
      'register',
    )
    .option('-c, --checker <name>', 'for a history file: who judges', 'linearizable')
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
      for (const path of paths.flatMap(historiesAt)) outcomes.push({ verdict: await checkOne(path, options) });
      process.exitCode = exitCodeOf(outcomes, false);
    });
}

const EXAMPLES = `
Examples:
  ordeal check runs/latest                        judge the last run again, and renew its report
  ordeal check history.jsonl --model queue        a history of one's own
  ordeal check history.edn                        one of Jepsen's; etcd's and Elle's are known too
  ordeal check histories/ --model ./my-model.ts   all below a folder, by a model of one's own
  ordeal check history.jsonl --json               for other programs

Exit codes: 0 valid, 1 invalid, 2 unknown, 4 a history that cannot be read, 64 usage.`;

/** A run's folder stands for itself; of any other folder all files below it. */
function historiesAt(path: string): string[] {
  if (!existsSync(path)) throw new UsageProblem(`${path} does not exist.`, "Name a run's folder or a history file.");
  if (!statSync(path).isDirectory() || isRun(path)) return [path];
  const inside = readdirSync(path, { withFileTypes: true }).toSorted((a, b) => a.name.localeCompare(b.name));
  const found = inside.flatMap((entry) =>
    entry.isDirectory() || entry.isFile() ? historiesAt(join(path, entry.name)) : [],
  );
  if (found.length === 0) throw new UsageProblem(`${path} holds no file.`, "Name a run's folder or a history file.");
  return found;
}

const isRun = (path: string) => existsSync(join(path, 'run.json'));

async function checkOne(path: string, options: CheckOptions): Promise<Verdict> {
  const limits = { ...DEFAULT_LIMITS, budgetMs: options.budget };
  const verdict = isRun(path)
    ? await judgeRun(path, readRunInfo(path), limits)
    : await judge({ historyPath: path, spec: specOf(options), limits, aliases: ALIASES }, undefined, showProgress);
  if (process.stderr.isTTY) process.stderr.write(ERASE_LINE);
  const report = isRun(path) ? { report: shownPath(await writeReport(path)) } : {};
  process.stdout.write(
    options.json ? jsonLine(path, verdict) : `${shownPath(path)}\n${verdictText(verdict, report, pc)}`,
  );
  return verdict;
}

const ERASE_LINE = '\r\u001b[K';

function showProgress({ decided, total }: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(`${ERASE_LINE}${decided} of ${total} keys judged`);
}

function specOf({ checker, model, algorithm }: CheckOptions): CheckSpec {
  if (looksLikePath(model)) return { name: checker, module: model };
  if (checker !== 'linearizable') return { name: checker };
  return { name: checker, options: { model, ...(algorithm !== undefined && { algorithm }) } };
}

function jsonLine(path: string, verdict: Verdict): string {
  const plain = (_name: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
  return JSON.stringify({ path, ...verdict }, plain) + '\n';
}
