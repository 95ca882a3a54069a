/**
 * Who dies together: faults that can be in force at once, each on nodes of its own, while their controller is killed. Every
 * fault is in one of the cohorts, or has an excuse.
 */
import type { Cluster, Link } from '../../targets/index.ts';
import type { Fault, Injection } from '../fault.ts';
import * as nemesis from '../index.ts';
import { planOf } from '../partition.ts';

export interface Doom {
  readonly fault: string;
  /** `primary`, where it has one, is the cluster's primary node. */
  inject(cluster: Cluster, signal: AbortSignal): Promise<Injection>;
  readonly primary?: string;
  /**
   * The controller dies in the middle of the injection, when this is to be done to a node; absent: when the fault is in force
   * and its effect was seen.
   */
  readonly midway?: 'kill' | 'start';
  /** How the complaint begins that shows it from outside, see `wellness.ts`. */
  readonly shows: string;
}

export interface Cohort {
  readonly nodes: number;
  readonly dooms: readonly Doom[];
}

function doom<P>(fault: Fault<P>, plan: P, rest: Omit<Doom, 'fault' | 'inject'>): Doom {
  return { fault: fault.name, inject: (cluster, signal) => fault.inject(cluster, plan, signal), ...rest };
}

const on = (...nodes: string[]) => ({ who: 'named', nodes });
const primary = { who: 'primaries' } as const;
const both = (a: string, b: string): Link[] => [
  { from: a, to: b },
  { from: b, to: a },
];
const rot = (node: string) => ({ node, file: 'kept', pick: 0, at: 0.5, restart: true });

export const cohorts: Readonly<Record<string, Cohort>> = {
  links: {
    nodes: 8,
    dooms: [
      doom(nemesis.kill, on('n6'), { shows: 'n6: no answer' }),
      doom(nemesis.restart, on('n8'), { midway: 'start', shows: 'n8: no answer' }),
      doom(nemesis.cutClients, on('n1'), { shows: 'n1: no answer' }),
      doom(nemesis.partition, planOf('single-link', both('n1', 'n2')), { shows: 'n2: does not hear n1/4' }),
      doom(nemesis.packets, { links: [['n2', 'n3']], how: { delayMs: 3_000 } }, { shows: 'n3: does not hear n2/4' }),
      doom(nemesis.pause, on('n4'), { shows: 'n4: no answer' }),
      doom(nemesis.sigstop, on('n7'), { shows: 'n7: no answer' }),
      doom(nemesis.unplug, on('n5'), { shows: 'n5: no answer' }),
    ],
  },
  resources: {
    nodes: 7,
    dooms: [
      doom(nemesis.corrupt, { ...rot('n7'), bytes: 1, bit: 0 }, { midway: 'start', shows: 'n7: no answer' }),
      doom(nemesis.clock, { nodes: { n1: { kind: 'offset', offsetMs: 60_000 } } }, { shows: 'n1: its clock is off' }),
      doom(nemesis.memory, { ...on('n1'), headroomMiB: 32 }, { shows: 'n1: limited' }),
      doom(nemesis.slow, { ...on('n2'), cpuPercent: 20 }, { shows: 'n2: limited' }),
      doom(nemesis.diskFull, on('n3'), { shows: 'n3: its disk: No space left' }),
      // Its answer waits for the disk.
      doom(nemesis.slowDisk, { ...on('n4'), perSecond: 1 }, { shows: 'n4: ' }),
      doom(nemesis.stuckDisk, on('n5'), { shows: 'n5: no answer' }),
      doom(nemesis.readOnly, on('n6'), { shows: 'n6: its disk: Read-only' }),
    ],
  },
  roles: {
    nodes: 8,
    dooms: [
      doom(nemesis.killPrimaries, primary, { primary: 'n1', shows: 'n1: no answer' }),
      doom(nemesis.stop, on('n6'), { shows: 'n6: no answer' }),
      doom(nemesis.truncate, rot('n4'), { midway: 'start', shows: 'n4: no answer' }),
      doom(nemesis.powerLoss, on('n5'), { midway: 'kill', shows: 'n5: no answer' }),
      doom(nemesis.replace, on('n7'), { midway: 'start', shows: 'n7: no answer' }),
      doom(nemesis.pausePrimaries, primary, { primary: 'n2', shows: 'n2: no answer' }),
      doom(nemesis.isolatePrimaries, primary, { primary: 'n3', shows: 'n8: does not hear n3/4' }),
    ],
  },
};

/** Faults in no cohort, and why. */
export const excuses: ReadonlyMap<string, string> = new Map([
  [
    'shrink',
    'who is a member is up to the system: only its own protocol, which no agent speaks, lets a node join again',
  ],
  ['grow', 'as for `shrink`: the new member runs, and the system needs no healing to go on with it'],
]);

/** Of all that a module exports, the faults. */
export function faultsOf(module: Readonly<Record<string, unknown>>): Fault[] {
  return Object.values(module).filter(
    (one): one is Fault => typeof one === 'object' && one !== null && 'inject' in one && 'choose' in one,
  );
}

/** Names of faults that die in no cohort and have no excuse. */
export function forgotten(faults: readonly Pick<Fault, 'name'>[]): string[] {
  const dying = new Set(Object.values(cohorts).flatMap(({ dooms }) => dooms.map(({ fault }) => fault)));
  return faults.map(({ name }) => name).filter((name) => !dying.has(name) && !excuses.has(name));
}
