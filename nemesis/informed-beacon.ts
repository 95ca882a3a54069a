/**
 * A beacon that knows something of every link it measures. One that was just opened has seen neither a packet nor the lack of
 * one, and whoever reads it then, be it because the time for measuring is over, would take ignorance for silence.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival, Beacon, Link, Network } from '../targets/index.ts';

/** A link that carries nothing is known as silent after five periods; a machine that is busy with others needs more. */
const PATIENCE_PERIODS = 2_000;

/** Resolves when it knows of every link, or nothing of some after long patience. `signal` ends the opening, not the waiting. */
export async function informedBeacon(network: Network, links: readonly Link[], signal: AbortSignal): Promise<Beacon> {
  const beacon = await network.beacon(links, signal);
  try {
    for (let waited = 0; waited < PATIENCE_PERIODS && !(await beacon.read()).every(isKnown); waited += 2)
      await sleep(2 * beacon.periodMs);
    return beacon;
  } catch (error) {
    await beacon[Symbol.asyncDispose]();
    throw error;
  }
}

function isKnown({ lastNs, silentNs }: Arrival): boolean {
  return lastNs !== null || silentNs !== null;
}
