/** The options of `ordeal run`, and the plan they come to. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { parse as parseYaml } from 'yaml';
import {
  DEFAULT_RHYTHM,
  drawSchedule,
  type Fault,
  parseSchedule,
  type Rhythm,
  RHYTHMS,
  type Schedule,
} from '../../nemesis/index.ts';
import type { Runtime, Target } from '../../targets/index.ts';
import { seeded, type Workload } from '../../workloads/index.ts';
import { faults as builtInFaults, findFault } from '../catalog.ts';
import type { TrialPlan } from '../plan.ts';
import { parseDuration } from './duration.ts';
import { UsageProblem } from './exit.ts';
import { optionsOf, parametersFrom } from './parameters.ts';

export interface PlanOptions {
  /** Absent: the default mix, of what the cluster can suffer. */
  readonly nemesis?: string;
  readonly plan?: string;
  readonly rhythm: Rhythm['kind'];
  readonly calm: number;
  readonly faultTime: number;
  readonly quiet: number;
  readonly time: number;
  readonly nodes: number;
  readonly concurrency: number;
  readonly rate?: number;
  readonly opTimeout: number;
  readonly seed?: string;
  readonly keep: boolean;
  readonly image?: string;
  readonly out: string;
}

const DEFAULT_MIX = 'partition,pause,kill,clock';

export function addPlanOptions(command: Command, target: Target, workload: Workload): Command {
  const names = builtInFaults.map(({ name }) => name).join(', ');
  const duration = (flags: string, what: string, ms: number, shown: string) =>
    new Option(`${flags} <duration>`, what).argParser(parseDuration).default(ms, shown);
  const number = (flags: string, what: string) => new Option(`${flags} <n>`, what).argParser(positive);
  const options = [
    new Option(
      '-n, --nemesis <names>',
      `faults by comma, or none: ${names}, or the path of a module (default: ${DEFAULT_MIX})`,
    ),
    new Option('--plan <path>', 'replay the fault schedule of a run (its folder), or of a JSON or YAML file').conflicts(
      'nemesis',
    ),
    duration('--time', 'how long the load lasts at least; it goes on until the last fault is healed', 60_000, '60s'),
    new Option('--rhythm <kind>', 'how faults follow each other; compound lays two over each other')
      .choices(RHYTHMS)
      .default(DEFAULT_RHYTHM.kind),
    duration('--calm', 'mean calm before a fault', DEFAULT_RHYTHM.calmMs, '4s'),
    duration('--fault-time', 'mean length of a fault', DEFAULT_RHYTHM.faultMs, '6s'),
    duration('--quiet', 'no fault in the first and the last so much', DEFAULT_RHYTHM.quietMs, '500ms'),
    number('--nodes', 'nodes of the cluster').default(5),
    number('--concurrency', 'client threads').default(20),
    number('--rate', 'operations per second over all clients (default: full speed)'),
    duration('--op-timeout', 'after this an operation counts as of unknown fate', 2_000, '2s'),
    new Option('--seed <text>', 'the same seed plans the same ops and faults (default: random)'),
    new Option('--image <ref>', "another image than the target's own"),
    new Option('--keep', 'leave the cluster up afterwards').default(false),
    new Option('--out <dir>', 'folder of all runs').default('runs'),
    ...optionsOf(target.parameters, target.name),
    ...optionsOf(workload.parameters, workload.name),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

/** `argv` is what the user typed, `ordeal` left out: it is how the trial is repeated. */
export async function planOf(
  runtime: Runtime,
  target: Target,
  workload: Workload,
  options: PlanOptions,
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
    runtime,
    target,
    targetParams: parametersFrom(target.parameters, { ...options }),
    workload,
    workloadParams: parametersFrom(workload.parameters, { ...options }),
    ...(options.plan === undefined ? await drawn(options, seed) : await replayed(options.plan)),
    lenient: options.nemesis === undefined && options.plan === undefined,
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

interface Nemesis {
  readonly faults: readonly Fault[];
  readonly schedule: Schedule;
}

async function drawn(options: PlanOptions, seed: string): Promise<Nemesis> {
  const names = options.nemesis ?? DEFAULT_MIX;
  const faults = names === 'none' ? [] : await Promise.all(names.split(',').map((name) => findFault(name.trim())));
  const nodes = Array.from({ length: options.nodes }, (_, index) => `n${index + 1}`);
  const rhythm = { kind: options.rhythm, calmMs: options.calm, faultMs: options.faultTime, quietMs: options.quiet };
  return { faults, schedule: drawSchedule(faults, nodes, options.time, seeded(seed).fork('nemesis'), rhythm) };
}

async function replayed(path: string): Promise<Nemesis> {
  if (!existsSync(path))
    throw new UsageProblem(`${path} does not exist.`, "Name a run's folder or a file with a schedule.");
  const file = statSync(path).isDirectory() ? join(path, 'run.json') : path;
  let json: unknown;
  try {
    json = parseYaml(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UsageProblem(
      `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Name a run's folder or a file with a schedule.",
      { cause },
    );
  }
  return parseSchedule(
    typeof json === 'object' && json !== null && 'schedule' in json ? json.schedule : json,
    findFault,
  );
}

function againOf(argv: readonly string[], seed: string): string {
  const words = ['ordeal', ...argv];
  const seedIsNamed = words.some((word) => word === '--seed' || word.startsWith('--seed='));
  return (seedIsNamed ? words : [...words, '--seed', seed]).join(' ');
}

export function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageProblem(`'${text}' is not a positive whole number.`, 'Give a number such as 5.');
}
