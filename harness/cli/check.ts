/** `ordeal check`: judge stored runs, or histories from elsewhere, again. */
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { type CheckSpec, DEFAULT_LIMITS, findChecker, looksLikePath, Problem } from '../../results/index.ts';
import { ALIASES } from '../catalog.ts';
import { type Checked, checkFound } from './checked.ts';
import { jsonLine, listing, wholeText } from './checked-text.ts';
import { parseDuration } from './duration.ts';
import { exitCodeOf, UsageProblem } from './exit.ts';
import { historiesAt } from './histories.ts';
import { interruptible } from './interrupt.ts';
import { addOption, type NamedOptions } from './named-options.ts';
import { openProgress } from './progress.ts';
import { parseSize } from './size.ts';

interface CheckOptions {
  readonly checker: string;
  readonly model: string;
  readonly option: NamedOptions;
  readonly algorithm?: string;
  readonly keyed?: boolean;
  readonly budget: number;
  readonly memory: number;
  readonly order?: string;
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
    .addOption(
      new Option('-o, --option <name=value>', 'an option of the model or checker; may be repeated')
        .argParser(addOption)
        .default({}, 'none'),
    )
    .option('--keyed', 'values are tuples [key value] (default: as they look)')
    .option('--no-keyed', 'values are no tuples, whatever they look like')
    .option('--algorithm <name>', 'force one algorithm instead of the automatic choice')
    .addOption(
      new Option('--budget <duration>', 'time for each check, over all its keys')
        .argParser(parseDuration)
        .default(DEFAULT_LIMITS.budgetMs, '10m'),
    )
    .addOption(
      new Option('--memory <size>', "memory for each check's searches")
        .argParser(parseSize)
        .default(DEFAULT_LIMITS.memoryBytes, '4GiB'),
    )
    .option('--order <file>', 'write an order of the operations that proves a history linearizable, a line a key')
    .option('--json', 'print the verdicts as JSON, one a line', false)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: CheckOptions) => {
      process.exitCode = await check(paths, options);
    });
}

const EXAMPLES = `
Examples:
  ordeal check runs/latest                        judge the last run again, and renew its report
  ordeal check history.jsonl --model queue        a history of one's own
  ordeal check history.edn                        one of Jepsen's; etcd's and Elle's are known too
  ordeal check locks.edn -m semaphore -o permits=2
  ordeal check histories/ --model ./my-model.ts   all below a folder, by a model of one's own
  ordeal check history.jsonl --json               for other programs

Ctrl-C ends a check with what was decided until then.
Exit codes: 0 valid, 1 invalid, 2 unknown, 4 a history that cannot be read, 64 usage, 130 interrupted.`;

async function check(paths: readonly string[], options: CheckOptions): Promise<number> {
  const found = paths.flatMap(historiesAt);
  const spec = specOf(options);
  if (found.some(({ kind }) => kind === 'history')) await refuseNonsense(spec);
  const limits = { budgetMs: options.budget, memoryBytes: options.memory };
  const isAlone = found.length === 1;
  if (options.order !== undefined && !isAlone)
    throw new UsageProblem(`--order is for one history, and there are ${found.length}.`, 'Name one of them.');
  const outcomes: Checked[] = [];
  const progress = openProgress(found.length);
  const print = (text: string) => {
    progress.clear();
    process.stdout.write(text);
  };
  const interrupted = await interruptible(
    async (signal) => {
      for (const each of found) {
        if (signal.aborted) return;
        progress.begin(each.path);
        const how = { spec, limits, signal, onProgress: progress.show };
        const asked = {
          ...(options.keyed !== undefined && { keyed: options.keyed }),
          ...(options.order !== undefined && { orderPath: options.order }),
        };
        const checked = await checkFound(each, { ...how, ...asked });
        outcomes.push(checked);
        if (options.json) print(jsonLine(checked));
        else if (isAlone) print(wholeText(checked, pc));
        else print(listing.line(checked, pc));
      }
    },
    (message) => {
      progress.clear();
      process.stderr.write(`${message}\n`);
    },
    'interrupted: ending the check with what is decided; once more to force the end',
  ).finally(() => progress.stop());
  if (!isAlone && !options.json) print(listing.summary(outcomes, found.length, pc));
  return exitCodeOf(outcomes, interrupted);
}

function specOf({ checker, model, algorithm, option }: CheckOptions): CheckSpec {
  if (looksLikePath(model)) {
    const [name] = Object.keys(option);
    if (name === undefined) return { name: checker, module: model };
    throw new UsageProblem(`A model of one's own has no option ${JSON.stringify(name)}.`, 'Write it into the module.');
  }
  if (checker !== 'linearizable') return { name: checker, options: option };
  return { name: checker, options: { model, ...(algorithm !== undefined && { algorithm }), ...option } };
}

/** What is wrong with the command is said once, and not of each history. */
async function refuseNonsense(spec: CheckSpec): Promise<void> {
  try {
    await findChecker(spec, ALIASES);
  } catch (error) {
    if (error instanceof Problem) throw new UsageProblem(error.message, error.remedy, { cause: error });
    throw error;
  }
}
