/**
 * Which fault strikes when: drawn from the seed before the run, so that it can be printed, stored and replayed.
 *
 * Faults follow each other with calm between them. They come in shuffled rounds, each of the mix once a round, so that
 * even a short run meets every fault it was asked for.
 */
import type { Value } from '../results/index.ts';
import type { Random } from '../workloads/index.ts';
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

export type Schedule = readonly Planned[];

export interface Rhythm {
  /** Mean length of the calm before each fault. */
  readonly calmMs: number;
  /** Mean length of a fault. */
  readonly faultMs: number;
}

export const DEFAULT_RHYTHM: Rhythm = { calmMs: 4_000, faultMs: 6_000 };

/** Lengths are drawn between half and one and a half of their mean; the last fault ends before `timeMs`. */
export function drawSchedule(
  faults: readonly Fault[],
  nodes: readonly string[],
  timeMs: number,
  random: Random,
  rhythm: Rhythm = DEFAULT_RHYTHM,
): Schedule {
  const { calmMs, faultMs } = fitted(rhythm, timeMs, faults.length);
  const schedule: Planned[] = [];
  for (let startMs = 0, id = 1; faults.length > 0; id++) {
    const draw = random.fork(id);
    startMs += spread(draw, calmMs);
    const durationMs = spread(draw, faultMs);
    if (startMs + durationMs > timeMs) break;
    const fault = inShuffledRounds(faults, id - 1, random);
    schedule.push({
      id,
      fault: fault.name,
      plan: fault.choose(nodes, draw.fork(fault.name)) as Value,
      startMs,
      durationMs,
    });
    startMs += durationMs;
  }
  return schedule;
}

/** Shortens the rhythm until a run of that length surely holds each fault once. */
function fitted(rhythm: Rhythm, timeMs: number, faults: number): Rhythm {
  const scale = Math.min(1, timeMs / (1.5 * faults * (rhythm.calmMs + rhythm.faultMs)));
  return { calmMs: rhythm.calmMs * scale, faultMs: rhythm.faultMs * scale };
}

function spread(draw: Random, meanMs: number): number {
  return Math.round(meanMs * (0.5 + draw.float()));
}

function inShuffledRounds(faults: readonly Fault[], position: number, random: Random): Fault {
  const round = random.fork(`round ${Math.floor(position / faults.length)}`).shuffle(faults);
  return round[position % faults.length] as Fault;
}
