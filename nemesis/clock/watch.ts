/**
 * Keeps clocks bent while an injection is in force: exec and restart give a process a true clock, fork does not.
 *
 * It asks the agent again and again to bend whatever is not bent yet. The runtime is asked for a node's process only
 * when that process is gone, so an idle round is one script on the agent and nothing else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent, Node } from '../../targets/index.ts';
import { bend, type Answer, type Order, type Place } from './patch.ts';

/** A process that came to be while the injection was in force runs with a true clock for about this long at most. */
export const WATCH_PERIOD_MS = 250;
const FAILURES_LIMIT = 5;

export interface Watch {
  /** The nodes' first processes as last seen. */
  places(): readonly Place[];
  /** How many processes of each node were bent after the injection. */
  readonly again: ReadonlyMap<string, number>;
  /** Why it gave up; undefined while it works. */
  failure(): Error | undefined;
  /** Bends what is new now, not a period later. */
  round(): Promise<Answer>;
  /** Resolves when no request of its own is under way any more. */
  stop(): Promise<void>;
}

export function watchNodes(agent: Agent, nodes: readonly Node[], first: readonly Place[], order: Order): Watch {
  const stopped = new AbortController();
  const again = new Map<string, number>();
  const starts = new Map<string, string>();
  let places = first;
  let failure: Error | undefined;

  const round = async () => {
    let answer = await bendAndCount();
    const moved = await Promise.all(places.map((place) => followed(place, answer)));
    if (moved.some((place, index) => place.pid !== places[index]?.pid)) {
      places = moved;
      answer = await bendAndCount();
    }
    return answer;
  };
  const bendAndCount = async () => {
    const answer = await bend(agent, places, order);
    for (const { node, state } of answer.processes) if (state === 'bent') again.set(node, (again.get(node) ?? 0) + 1);
    return answer;
  };
  // A process id may have been given to another process of the machine: the start time tells.
  const followed = async (place: Place, { inits }: Answer): Promise<Place> => {
    const start = inits.get(place.node);
    const known = starts.get(place.node) ?? start;
    if (start !== undefined && start === known) {
      starts.set(place.node, start);
      return place;
    }
    starts.delete(place.node);
    const node = nodes.find(({ name }) => name === place.node);
    return { ...place, pid: (await node?.state())?.pid ?? 0 };
  };
  const loop = async () => {
    let failures = 0;
    while (failures < FAILURES_LIMIT) {
      await sleep(WATCH_PERIOD_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) return;
      try {
        await round();
        failures = 0;
      } catch (error) {
        failures++;
        if (failures === FAILURES_LIMIT) failure = error instanceof Error ? error : new Error(String(error));
      }
    }
  };
  const ended = loop();
  return {
    places: () => places,
    again,
    failure: () => failure,
    round,
    async stop() {
      stopped.abort();
      await ended;
    },
  };
}
