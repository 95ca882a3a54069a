/**
 * What a clock fault can ask of a node: an offset, a drift, a strobe. Drawn from the seed, printed, and turned into a warp.
 */
import { z } from 'zod';
import type { Random } from '../../workloads/index.ts';
import { driftWarp, offsetWarp, strobeWarp, type Warp } from './warp.ts';

/** The bent time must stay representable for the programs that read it: at most twenty years off. */
const OFFSET_LIMIT_MS = 20 * 365 * 86_400_000;

const bend = z.discriminatedUnion('kind', [
  /** The clock jumps by this much and stays there. */
  z.strictObject({ kind: z.literal('offset'), offsetMs: offset() }),
  /** It runs fast or slow from now on, in millionths; at -1,000,000 it stands. */
  z.strictObject({ kind: z.literal('drift'), ratePpm: z.number().min(-1e6).max(1e9).refine(isNotZero) }),
  /** It jumps by this much and back, again and again, staying `everyMs` on each side. */
  z.strictObject({ kind: z.literal('strobe'), offsetMs: offset(), everyMs: z.number().min(0.01).max(3_600_000) }),
]);

export const clockPlan = z.strictObject({
  nodes: z.record(z.string(), bend).refine((nodes) => Object.keys(nodes).length > 0, 'names no node'),
});

export type Bend = z.infer<typeof bend>;
export type ClockPlan = z.infer<typeof clockPlan>;

function offset() {
  return z.number().min(-OFFSET_LIMIT_MS).max(OFFSET_LIMIT_MS).refine(isNotZero);
}

function isNotZero(value: number): boolean {
  return value !== 0;
}

/** One kind for all, some nodes, and for each its own amount: log-uniform, so that small skews are as likely as great ones. */
export function chooseBends(nodes: readonly string[], random: Random): ClockPlan {
  const kind = random.pick(['offset', 'offset', 'drift', 'strobe'] as const);
  const victims = random.shuffle(nodes).slice(0, 1 + random.int(nodes.length));
  return { nodes: Object.fromEntries([...victims].sort().map((name) => [name, chooseBend(kind, random)])) };
}

function chooseBend(kind: Bend['kind'], random: Random): Bend {
  const sign = random.int(2) === 0 ? 1 : -1;
  if (kind === 'drift') return { kind, ratePpm: sign * logUniform(1_000, 500_000, random) };
  const offsetMs = sign * logUniform(200, 300_000, random);
  return kind === 'offset' ? { kind, offsetMs } : { kind, offsetMs, everyMs: logUniform(1, 1_000, random) };
}

function logUniform(low: number, high: number, random: Random): number {
  return Math.round(low * (high / low) ** random.float());
}

/** `nowNs` is the true time of the injection, ns since 1970, from where a drift counts. */
export function warpOf(bend: Bend, nowNs: bigint): Warp {
  switch (bend.kind) {
    case 'offset':
      return offsetWarp(nanoseconds(bend.offsetMs));
    case 'drift':
      return driftWarp(bend.ratePpm, nowNs);
    case 'strobe':
      return strobeWarp(nanoseconds(bend.offsetMs), nanoseconds(bend.everyMs));
  }
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

/** `+60.000 s`, `drifts -1000 ppm`, `strobes +0.200 s every 50 ms`. */
export function describeBend(bend: Bend): string {
  switch (bend.kind) {
    case 'offset':
      return seconds(bend.offsetMs / 1000);
    case 'drift':
      return `drifts ${bend.ratePpm > 0 ? '+' : ''}${bend.ratePpm} ppm`;
    case 'strobe':
      return `strobes ${seconds(bend.offsetMs / 1000)} every ${bend.everyMs} ms`;
  }
}

/** `+60.000 s`; below a tenth of a second to the microsecond. */
export function seconds(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(Math.abs(value) < 0.1 ? 6 : 3)} s`;
}
