/** Waiting until a cluster serves, and saying precisely why it does not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../results/index.ts';
import type { Node } from '../cluster.ts';
import { Unmet } from '../target.ts';

const POLL_MS = 30;
const LOG_LINES = 20;

/**
 * Asks until `attempt` resolves. At `signal` it rejects with `Unmet` and the condition that was missing last; an attempt
 * that does not come back is left alone.
 */
export async function untilServes(attempt: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
  let unmet = 'the first answer is still missing';
  const aborted = new Promise<'aborted'>((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  while (!signal.aborted) {
    const tried = attempt(signal).then(
      () => 'serves' as const,
      (error: unknown) => {
        if (!signal.aborted) unmet = error instanceof Error ? error.message : String(error);
        return 'unmet' as const;
      },
    );
    if ((await Promise.race([tried, aborted])) === 'serves') return;
    await Promise.race([sleep(POLL_MS), aborted]);
  }
  throw new Unmet(unmet);
}

/** Rejects as soon as a node's process ended by itself, which no waiting mends; resolves at `signal`. */
export async function whileRunning(nodes: readonly Node[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(4 * POLL_MS);
    const states = await Promise.all(nodes.map(async (node) => ({ node, state: await node.state() })));
    const ended = states.find(({ state }) => state.status === 'exited');
    if (ended !== undefined) throw new Unmet(`${ended.node.name} ended by itself`);
  }
}

/** The `Problem` of a cluster that did not start: the condition, and what the node it names has to say. */
export async function startFailure(unmet: Unmet, nodes: readonly Node[], waitedMs: number): Promise<Problem> {
  const states = await Promise.all(nodes.map(async (node) => ({ node, state: await node.state() })));
  const culprit =
    states.find(({ state }) => state.status !== 'running') ??
    states.find(({ node }) => new RegExp(`\\b${node.name}\\b`).test(unmet.message)) ??
    states[0];
  if (culprit === undefined)
    return new Problem(`The cluster does not serve: ${unmet.message}.`, 'Ask for at least one node.');
  const { node, state } = culprit;
  const log = (await node.tail(LOG_LINES)).trimEnd();
  return new Problem(
    [
      `The cluster does not serve after ${(waitedMs / 1000).toFixed(1)} s: ${unmet.message}.`,
      `${node.name} is ${state.status}${state.exitCode === null ? '' : ` with exit code ${state.exitCode}`}; its last lines:`,
      log === '' ? '  (it printed nothing)' : log.replaceAll(/^/gm, '  '),
    ].join('\n'),
    state.status === 'exited'
      ? 'Mend what its log complains about: an option this version does not know, or an image without the program.'
      : 'Mend what its log complains about, or give it more time to start.',
    { cause: unmet },
  );
}
