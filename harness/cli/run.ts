/** `ordeal run`: one trial, or the same one several times. */
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { Problem, shownPath, titleText, verdictText } from '../../results/index.ts';
import { dockerRuntime, findEngine, type Runtime, type Target } from '../../targets/index.ts';
import type { Workload } from '../../workloads/index.ts';
import { findTarget, findWorkload } from '../catalog.ts';
import type { TrialPlan } from '../plan.ts';
import { runTrial, type TrialOutcome } from '../trial.ts';
import { exitCodeOf } from './exit.ts';
import { interruptible } from './interrupt.ts';
import { type Live, openLive } from './live.ts';
import { addPlanOptions, planOf, type PlanOptions, positive } from './plan-options.ts';

const DEFAULT_TARGET = 'etcd';
const DEFAULT_WORKLOAD = 'register';

interface RunOptions extends PlanOptions {
  readonly repeat: number;
  readonly dryRun: boolean;
}

/** The verb's options depend on the target and the workload, so both are looked up in `argv` first. */
export async function runCommand(argv: readonly string[]): Promise<Command> {
  const { targetName, workloadName } = named(argv);
  const target = await findTarget(targetName);
  const workload = await findWorkload(workloadName);
  const command = new Command('run')
    .summary('put a target on trial')
    .description('Launches the target as a cluster, works on it while faults strike, and judges what the clients saw.')
    .argument('[target]', `a target's name, or the path of a module`, DEFAULT_TARGET)
    .option('-w, --workload <name>', 'what clients do: register, or the path of a module', DEFAULT_WORKLOAD)
    .addOption(new Option('--repeat <n>', 'run it so many times').argParser(positive).default(1))
    .option('--dry-run', 'print the fault schedule and stop', false)
    .addHelpText('after', EXAMPLES);
  return addPlanOptions(command, target, workload).action(async (_target: string, options: RunOptions) => {
    process.exitCode = await run(target, workload, options, argv);
  });
}

const EXAMPLES = `
Examples:
  ordeal run etcd                                         five nodes, four kinds of faults, one minute
  ordeal run etcd -n partition --read serializable        stale reads, and the report that shows them
  ordeal run etcd -n pause,kill --time 5m --seed 7f3a     a plan that can be repeated
  ordeal run etcd --rhythm compound                       two faults at a time
  ordeal run etcd --plan runs/latest                      the same faults at the same times
  ordeal run ./my-target.ts -n none --nodes 3             a target of one's own, calm

Exit codes: 0 valid, 1 invalid, 2 unknown, 4 the target or the harness failed, 64 usage, 130 interrupted.`;

async function run(target: Target, workload: Workload, options: RunOptions, argv: readonly string[]): Promise<number> {
  if (options.dryRun) return printPlan(await planOf(NO_RUNTIME, target, workload, options, argv));
  const plan = async () => planOf(dockerRuntime(await findEngine()), target, workload, options, argv);
  const outcomes: TrialOutcome[] = [];
  let live: Live | undefined;
  const interrupted = await interruptible(
    async (signal) => {
      for (let time = 0; time < options.repeat && !signal.aborted; time++) {
        const next = await plan();
        process.stderr.write(`${pc.bold(titleOf(next))}\n`);
        live = openLive(next.timeMs);
        outcomes.push(await trial(next, live, signal));
      }
    },
    (message) => live?.say(message),
  );
  return exitCodeOf(outcomes, interrupted);
}

const NO_RUNTIME: Runtime = {
  name: 'none',
  launch: () => Promise.reject(new Error('a dry run launches nothing')),
};

async function trial(plan: TrialPlan, live: Live, signal: AbortSignal): Promise<TrialOutcome> {
  try {
    const outcome = await runTrial(plan, live, signal);
    live.stop();
    const paths = { report: shownPath(outcome.report), again: plan.again };
    process.stdout.write('\n' + verdictText(outcome.verdict, paths, pc));
    if (outcome.failure !== undefined) process.stdout.write(`  failure   ${messageOf(outcome.failure)}\n`);
    return outcome;
  } finally {
    live.stop();
  }
}

function messageOf(failure: unknown): string {
  if (failure instanceof Problem) return `${failure.message} ${failure.remedy}`;
  return failure instanceof Error ? failure.message : JSON.stringify(failure);
}

function titleOf({ target, workload, faults, nodes, clients, timeMs, seed }: TrialPlan): string {
  const nemesis = faults.map(({ name }) => name);
  return titleText({ target: target.name, workload: workload.name, nemesis, nodes, clients, timeMs, seed });
}

/** As JSON lines that `--plan` takes again, one a planned injection. */
function printPlan(plan: TrialPlan): number {
  const lines = plan.schedule.map((planned) => `  ${JSON.stringify(planned)}`);
  process.stderr.write(`${titleOf(plan)}\nagain: ${plan.again}\n`);
  process.stdout.write(`[\n${lines.join(',\n')}\n]\n`);
  return 0;
}

/** Before the options are known: the first word that is no option, and what follows -w. */
function named(argv: readonly string[]): { targetName: string; workloadName: string } {
  const [, ...words] = argv;
  const at = words.findIndex((word) => word === '-w' || word === '--workload');
  const first = words[0];
  return {
    targetName: first === undefined || first.startsWith('-') ? DEFAULT_TARGET : first,
    workloadName: (at >= 0 ? words[at + 1] : undefined) ?? DEFAULT_WORKLOAD,
  };
}
