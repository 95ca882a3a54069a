/** `ordeal run`: one trial, or the same one several times. */
import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { DEFAULT_RHYTHM, drawSchedule, type Fault } from '../../nemesis/index.ts';
import { Problem, shownPath, titleText, verdictText } from '../../results/index.ts';
import { dockerRuntime, findEngine, type Target } from '../../targets/index.ts';
import { seeded, type Workload } from '../../workloads/index.ts';
import { faults as builtInFaults, findFault, findTarget, findWorkload } from '../catalog.ts';
import type { TrialPlan } from '../plan.ts';
import { runTrial, type TrialOutcome } from '../trial.ts';
import { parseDuration } from './duration.ts';
import { exitCodeOf, UsageProblem } from './exit.ts';
import { interruptible } from './interrupt.ts';
import { openLive } from './live.ts';
import { optionsOf, parametersFrom } from './parameters.ts';

const DEFAULT_TARGET = 'etcd';
const DEFAULT_WORKLOAD = 'register';

interface RunOptions {
  readonly nemesis: string;
  readonly time: number;
  readonly nodes: number;
  readonly concurrency: number;
  readonly rate?: number;
  readonly opTimeout: number;
  readonly seed?: string;
  readonly repeat: number;
  readonly keep: boolean;
  readonly dryRun: boolean;
  readonly image?: string;
  readonly out: string;
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
    .option('-w, --workload <name>', `what clients do: ${workload.name}, or the path of a module`, DEFAULT_WORKLOAD)
    .option(
      '-n, --nemesis <names>',
      `faults, by comma (${builtInFaults.map(({ name }) => name).join(', ')}), or none`,
      'partition,pause,kill,clock',
    )
    .addOption(
      new Option('--time <duration>', 'how long the load lasts').argParser(parseDuration).default(60_000, '60s'),
    )
    .addOption(new Option('--nodes <n>', 'nodes of the cluster').argParser(positive).default(5))
    .addOption(new Option('--concurrency <n>', 'client threads').argParser(positive).default(20))
    .addOption(
      new Option('--rate <n>', 'operations per second over all clients (default: full speed)').argParser(positive),
    )
    .addOption(
      new Option('--op-timeout <duration>', 'after this an operation counts as of unknown fate')
        .argParser(parseDuration)
        .default(2_000, '2s'),
    )
    .option('--seed <text>', 'the same seed plans the same ops and faults (default: random)')
    .addOption(new Option('--repeat <n>', 'run it so many times').argParser(positive).default(1))
    .option('--image <ref>', "another image than the target's own")
    .option('--keep', 'leave the cluster up afterwards', false)
    .option('--dry-run', 'print the plan and stop', false)
    .option('--out <dir>', 'folder of all runs', 'runs')
    .addHelpText('after', EXAMPLES);
  for (const option of [...optionsOf(target.parameters, target.name), ...optionsOf(workload.parameters, workload.name)])
    command.addOption(option);
  return command.action(async (_target: string, options: RunOptions) => {
    process.exitCode = await run(target, workload, options, argv);
  });
}

const EXAMPLES = `
Examples:
  ordeal run etcd                                         five nodes, every fault, one minute
  ordeal run etcd -n partition --read serializable        stale reads, and the report that shows them
  ordeal run etcd -n pause,kill --time 5m --seed 7f3a     a plan that can be repeated
  ordeal run ./my-target.ts -n none --nodes 3             a target of one's own, calm
  ordeal run etcd --dry-run --seed 7f3a                   what would happen, and when

Exit codes: 0 valid, 1 invalid, 2 unknown, 4 the target or the harness failed, 64 usage, 130 interrupted.`;

async function run(target: Target, workload: Workload, options: RunOptions, argv: readonly string[]): Promise<number> {
  const faults = await mixOf(options.nemesis);
  const first = await planOf(target, workload, faults, options, argv);
  if (options.dryRun) return printPlan(first);
  const outcomes: TrialOutcome[] = [];
  const interrupted = await interruptible(async (signal) => {
    for (let time = 0; time < options.repeat && !signal.aborted; time++) {
      const plan = time === 0 ? first : await planOf(target, workload, faults, options, argv);
      outcomes.push(await trial(plan, signal));
    }
  });
  return exitCodeOf(outcomes, interrupted);
}

async function trial(plan: TrialPlan, signal: AbortSignal): Promise<TrialOutcome> {
  process.stderr.write(`${pc.bold(titleOf(plan))}\n`);
  const live = openLive(plan.timeMs);
  try {
    const outcome = await runTrial(plan, live, signal);
    live.stop();
    process.stdout.write(
      '\n' + verdictText(outcome.verdict, { report: shownPath(outcome.report), again: plan.again }, pc),
    );
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

async function planOf(
  target: Target,
  workload: Workload,
  faults: readonly Fault[],
  options: RunOptions,
  argv: readonly string[],
): Promise<TrialPlan> {
  if (!(workload.api in target.apis)) {
    throw new UsageProblem(
      `${target.name} does not offer the API '${workload.api}' that the workload ${workload.name} speaks.`,
      `It offers: ${Object.keys(target.apis).join(', ')}.`,
    );
  }
  const seed = options.seed ?? randomBytes(4).toString('hex');
  return {
    runtime: options.dryRun ? NO_RUNTIME : dockerRuntime(await findEngine()),
    target,
    targetParams: parametersFrom(target.parameters, { ...options }),
    workload,
    workloadParams: parametersFrom(workload.parameters, { ...options }),
    faults,
    rhythm: DEFAULT_RHYTHM,
    seed,
    nodes: options.nodes,
    clients: options.concurrency,
    rate: options.rate ?? null,
    timeMs: options.time,
    opTimeoutMs: options.opTimeout,
    ...(options.image !== undefined && { image: options.image }),
    keep: options.keep,
    runs: options.out,
    argv,
    again: againOf(argv, seed),
  };
}

const NO_RUNTIME: TrialPlan['runtime'] = {
  name: 'none',
  launch: () => Promise.reject(new Error('a dry run launches nothing')),
};

async function mixOf(names: string): Promise<Fault[]> {
  if (names === 'none') return [];
  return Promise.all(names.split(',').map((name) => findFault(name.trim())));
}

function titleOf({ target, workload, faults, nodes, clients, timeMs, rate, opTimeoutMs, seed }: TrialPlan): string {
  return titleText({
    target: { name: target.name, params: null },
    workload: { name: workload.name, params: null, reads: workload.reads, checker: workload.checker },
    nemesis: faults.map(({ name }) => name),
    settings: { nodes, clients, timeMs, rate, opTimeoutMs },
    seed,
  });
}

/** The schedule and each thread's first ops, as the seed has them. */
function printPlan(plan: TrialPlan): number {
  const random = seeded(plan.seed);
  const nodes = Array.from({ length: plan.nodes }, (_, index) => `n${index + 1}`);
  const schedule = drawSchedule(plan.faults, nodes, plan.timeMs, random.fork('nemesis'), plan.rhythm);
  const lines = schedule.map(({ startMs, durationMs, fault, plan: what }) => {
    const at = `${(startMs / 1000).toFixed(1)} s`.padStart(8);
    return `${at}  for ${(durationMs / 1000).toFixed(1).padStart(4)} s  ${fault.padEnd(10)} ${JSON.stringify(what)}`;
  });
  process.stdout.write([titleOf(plan), ...lines, `again: ${plan.again}`].join('\n') + '\n');
  return 0;
}

function againOf(argv: readonly string[], seed: string): string {
  const words = ['ordeal', ...argv];
  return words.some((word) => word === '--seed' || word.startsWith('--seed='))
    ? words.join(' ')
    : [...words, '--seed', seed].join(' ');
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

function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageProblem(`'${text}' is not a positive whole number.`, 'Give a number such as 5.');
}
