/** What an engine can do for a trial, for `ordeal doctor`: the agent is started, tries everything, and is gone again. */
import { openAgent, probe, type Probe } from './agent/index.ts';
import { capabilitiesOf, type Capabilities } from './capabilities.ts';
import type { Engine } from './engine.ts';

export interface Examination {
  readonly probes: readonly Probe[];
  /** What faults need, and why it is missing where it is. */
  readonly capabilities: Capabilities;
}

/** Rejects with a `Problem` where the agent's image cannot be had. */
export async function examine(
  engine: Engine,
  onProgress: (message: string) => void,
  signal: AbortSignal,
): Promise<Examination> {
  const session = `doctor-${process.pid}`;
  await using agent = await openAgent(engine, { session, onProgress, signal });
  const probes = await probe(agent, signal);
  return { probes, capabilities: await capabilitiesOf(agent, {}, true, signal) };
}
