/**
 * Where the kernel keeps the control group of a process: version 1 has one hierarchy for each controller, version 2 has
 * one for all.
 */
import type { Agent } from '../cluster.ts';
import { CGROUPS } from './agent/index.ts';

export interface Cgroup {
  readonly version: 1 | 2;
  /** As the agent's scripts see it, writable. */
  readonly folder: string;
}

/** Rejects where the process has ended, or stands in the root group, where nothing can be limited. */
export async function cgroupOf(
  agent: Agent,
  pid: number,
  controller: 'freezer' | 'cpu' | 'memory' | 'blkio',
): Promise<Cgroup> {
  const lines = await agent.run(`cat /proc/${pid}/cgroup`);
  const own = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(/.+)$`, 'm').exec(lines)?.[1];
  if (own !== undefined) return { version: 1, folder: `${CGROUPS}/${controller}${own}` };
  const unified = /^0::(\/.+)$/m.exec(lines)?.[1];
  if (unified === undefined) throw new Error(`process ${pid} is in no cgroup with ${controller}:\n${lines}`);
  return { version: 2, folder: `${CGROUPS}${unified}` };
}
