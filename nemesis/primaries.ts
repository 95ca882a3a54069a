/**
 * Faults that strike whoever is leader or primary at that moment.
 *
 * Their plan cannot name the nodes, since nobody knows them before; the description of the injection does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Cluster } from '../targets/index.ts';
import { defineFault, type Fault } from './fault.ts';
import kill from './kill.ts';
import { cutLinks } from './partition.ts';
import pause from './pause.ts';
import { across } from './topology.ts';
import type { Victims } from './victims.ts';

const EVERY_MS = 100;

const Plan = z.object({ who: z.literal('primaries') });
type Plan = z.infer<typeof Plan>;

export const killPrimaries = onPrimaries(kill, 'kills the primary nodes (SIGKILL) and starts them again later');
export const pausePrimaries = onPrimaries(pause, 'freezes the primary nodes, and lets them go on later');

export const isolatePrimaries = defineFault<Plan>({
  name: 'isolate-primaries',
  summary: 'cuts the primary nodes off from all others',
  needs: ['partition', 'primaries'],
  harms: ['network'],
  plan: Plan,
  choose: () => ({ who: 'primaries' }),
  async inject(cluster, _plan, signal) {
    const primaries = await primariesOf(cluster, signal);
    const others = cluster.nodes.map(({ name }) => name).filter((name) => !primaries.includes(name));
    if (others.length === 0) throw new Error('every node is a primary');
    return cutLinks(cluster, across([primaries, others]), signal);
  },
});

function onPrimaries(fault: Fault<Victims>, summary: string): Fault<Plan> {
  return defineFault<Plan>({
    name: `${fault.name}-primaries`,
    summary,
    needs: [...fault.needs, 'primaries'],
    harms: fault.harms,
    plan: Plan,
    choose: () => ({ who: 'primaries' }),
    async inject(cluster, { who }, signal) {
      return fault.inject(cluster, { who, nodes: await primariesOf(cluster, signal) }, signal);
    },
  });
}

/** Waits for an election that goes on, at most until `signal`. */
async function primariesOf(cluster: Cluster, signal: AbortSignal): Promise<string[]> {
  for (;;) {
    const names = ((await cluster.primaries?.(signal)) ?? []).map(({ name }) => name);
    if (names.length > 0) return names;
    if (signal.aborted) throw new Error('no node is a primary now');
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
