/** What an engine can do for a trial, for `ordeal doctor`: the agent is started, tries everything, and is gone again. */
import { Problem } from '../../results/index.ts';
import { openAgent, probe, type Probe } from './agent/index.ts';
import { capabilitiesOf, type Capabilities } from './capabilities.ts';
import type { Engine } from './engine.ts';
import { sentenceOf } from './errors.ts';

export interface Examination {
  readonly probes: readonly Probe[];
  /** What faults need, and why it is missing where it is. */
  readonly capabilities: Capabilities;
}

/** An engine that lets no agent run is told of as such: nodes can still be killed and paused. Rejects at `signal`. */
export async function examine(
  engine: Engine,
  onProgress: (message: string) => void,
  signal: AbortSignal,
): Promise<Examination> {
  const session = `doctor-${process.pid}`;
  try {
    await using agent = await openAgent(engine, { session, onProgress, signal });
    return {
      probes: [{ ...AGENT, available: true, finding: 'runs' }, ...(await probe(agent, signal))],
      capabilities: await capabilitiesOf(agent, {}, true, signal),
    };
  } catch (error) {
    signal.throwIfAborted();
    const finding = `the agent does not run: ${sentenceOf(error)}`;
    const remedy = error instanceof Problem ? error.remedy : REMEDY;
    return {
      probes: [{ ...AGENT, available: false, finding, remedy }],
      capabilities: await capabilitiesOf(finding, finding, true, signal),
    };
  }
}

const AGENT = { name: 'agent', serves: 'all faults but those of the engine itself' };
const REMEDY =
  "The engine must allow a container with the host's network and process namespaces and the privileges in nemesis/README.md; a rootless engine does not.";
