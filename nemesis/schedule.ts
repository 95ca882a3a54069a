/**
 * Which fault strikes when: drawn from the seed before the run, so that it can be printed, stored and replayed.
 *
 * Faults come in shuffled rounds, each of the mix once a round, so that even a short run meets every fault it was asked
 * for. Between them is calm; in a `compound` rhythm a second fault that is compatible with the first strikes while that is
 * in force: a partition while a node is paused, a kill while clocks are skewed.
 */
import { z } from 'zod';
import { Problem, type Value } from '../results/index.ts';
import type { Random } from '../workloads/index.ts';
import { compatible, type Intent } from './compatible.ts';
import type { Fault } from './fault.ts';

/** One planned injection. Times in ms since the start of the load. */
export interface Planned {
  readonly id: number;
  readonly fault: string;
  /** What `Fault.choose` drew: JSON. */
  readonly plan: Value;
  readonly startMs: number;
  readonly durationMs: number;
}

/** In order of their start. */
export type Schedule = readonly Planned[];

export const RHYTHMS = ['random', 'periodic', 'compound'] as const;

export interface Rhythm {
  /** `random` lengths are drawn between half and one and a half of their mean; `periodic` ones are exact. */
  readonly kind: (typeof RHYTHMS)[number];
  /** Mean length of the calm before each fault. */
  readonly calmMs: number;
  /** Mean length of a fault. */
  readonly faultMs: number;
  /** No fault strikes in the first and the last so many ms. */
  readonly quietMs: number;
}

export const DEFAULT_RHYTHM: Rhythm = { kind: 'random', calmMs: 4_000, faultMs: 6_000, quietMs: 500 };

/**
 * Draws a schedule for a load of `timeMs`; every fault ends before the last quiet. The first round is always whole: where
 * the time is too short for it, all its times are shortened alike.
 */
export function drawSchedule(
  faults: readonly Fault[],
  nodes: readonly string[],
  timeMs: number,
  random: Random,
  { kind, calmMs, faultMs, quietMs }: Rhythm = DEFAULT_RHYTHM,
): Schedule {
  if (faults.length === 0) return [];
  const length = (draw: Random, meanMs: number) =>
    Math.max(1, Math.round(kind === 'periodic' ? meanMs : meanMs * (0.5 + draw.float())));
  const intend = (fault: Fault, draw: Random): Intent => ({ fault, plan: fault.choose(nodes, draw.fork(fault.name)) });
  const drawn: Drawn[] = [];
  let freeMs = quietMs;
  for (let position = 0; ; position++) {
    const draw = random.fork(position + 1);
    const startMs = freeMs + length(draw, calmMs);
    const intent = intend(inShuffledRounds(faults, position, random), draw);
    const first: Drawn = { ...intent, startMs, endMs: startMs + length(draw, faultMs) };
    const together = [first, ...(kind === 'compound' ? companionOf(first, faults, draw, intend) : [])];
    const endMs = Math.max(...together.map((one) => one.endMs));
    if (position >= faults.length && endMs > timeMs - quietMs) break;
    drawn.push(...together);
    freeMs = endMs;
  }
  const scale = Math.min(1, timeMs / (freeMs + quietMs));
  return drawn.map(({ fault, plan, startMs, endMs }, i) => {
    const [fromMs, toMs] = [Math.floor(startMs * scale), Math.floor(endMs * scale)];
    return { id: i + 1, fault: fault.name, plan: plan as Value, startMs: fromMs, durationMs: toMs - fromMs };
  });
}

interface Drawn extends Intent {
  readonly startMs: number;
  readonly endMs: number;
}

/** What strikes while `first` is in force: each other fault is as likely to be asked first whether its plan may. */
function companionOf(
  first: Drawn,
  faults: readonly Fault[],
  draw: Random,
  intend: (fault: Fault, draw: Random) => Intent,
): Drawn[] {
  const durationMs = first.endMs - first.startMs;
  // It may end before the first or outlast it: what a node is like that comes back under a fault is worth knowing too.
  const startMs = first.startMs + Math.round(durationMs * (0.1 + 0.4 * draw.float()));
  const endMs = startMs + Math.round(durationMs * (0.4 + 0.6 * draw.float()));
  const own = draw.fork('companion');
  for (const fault of own.shuffle(faults)) {
    const intent = intend(fault, own);
    if (fault !== first.fault && compatible(first, intent)) return [{ ...intent, startMs, endMs }];
  }
  return [];
}

function inShuffledRounds(faults: readonly Fault[], position: number, random: Random): Fault {
  const round = random.fork(`round ${Math.floor(position / faults.length)}`).shuffle(faults);
  return round[position % faults.length] as Fault;
}

const Recorded = z.array(
  z.object({
    id: z.number().int(),
    fault: z.string(),
    plan: z.unknown(),
    startMs: z.number().min(0),
    durationMs: z.number().min(0),
  }),
);

/** A schedule that was stored or written by hand, and the faults that it names. */
export async function parseSchedule(
  json: unknown,
  findFault: (name: string) => Promise<Fault>,
): Promise<{ schedule: Schedule; faults: Fault[] }> {
  const parsed = Recorded.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Problem(
      `That is no fault schedule: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
      'It is a list of { id, fault, plan, startMs, durationMs }, as `--dry-run` prints it and run.json holds it.',
    );
  }
  const schedule = (parsed.data as Planned[]).toSorted((a, b) => a.startMs - b.startMs);
  const faults = await Promise.all([...new Set(schedule.map(({ fault }) => fault))].map(findFault));
  for (const { fault, id, plan } of schedule) {
    const problem = faults.find(({ name }) => name === fault)?.plan.safeParse(plan).error?.issues[0];
    if (problem)
      throw new Problem(
        `The plan of ${fault} #${id} is not one: ${problem.message}.`,
        'Take it as `--dry-run` prints it.',
      );
  }
  return { schedule, faults };
}
