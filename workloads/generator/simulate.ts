/**
 * Runs generators in virtual time: what would clients do if every op took so long and ended so?
 *
 * Test support, and `ordeal run --dry-run`. No clock, no waiting: an hour of load takes milliseconds, and the same
 * generators give the same plan every time.
 */
import type { HistoryEvent } from '../../results/index.ts';
import type { Op } from '../op.ts';
import type { Generator } from './generator.ts';

/** What the imagined system does with an op: how long it takes, and how it ends. */
export type Imagine = (op: Op, thread: number) => { readonly latencyNs: number } & Pick<HistoryEvent, 'type' | 'value'>;

/** Everything takes a millisecond and succeeds with the value it was asked with. */
export const alwaysOk: Imagine = (op) => ({ latencyNs: 1e6, type: 'ok', value: op.value });

/** Events in order of time, until all generators are done or `maxEvents` is reached. */
export function simulate(
  generators: readonly Generator[],
  imagine: Imagine = alwaysOk,
  maxEvents = 100_000,
): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const threads = generators.map((generator, process) => ({
    generator,
    process,
    wakeNs: 0,
    completion: undefined as HistoryEvent | undefined,
  }));
  while (events.length < maxEvents) {
    const next = threads
      .filter(({ wakeNs }) => wakeNs < Infinity)
      .sort((a, b) => a.wakeNs - b.wakeNs || a.process - b.process)[0];
    if (!next) break;
    const { process, completion, wakeNs: timeNs } = next;
    if (completion) {
      events.push(completion);
      next.generator = next.generator.update?.(completion) ?? next.generator;
      next.completion = undefined;
    }
    const step = next.generator.next(timeNs);
    if (step.kind === 'done') {
      next.wakeNs = Infinity;
      continue;
    }
    next.generator = step.rest;
    if (step.kind === 'wait') {
      next.wakeNs = step.untilNs;
      continue;
    }
    const { latencyNs, type, value } = imagine(step.op, process);
    events.push({ ...step.op, process, type: 'invoke', timeNs });
    next.completion = { ...step.op, process, type, value, timeNs: timeNs + latencyNs };
    next.wakeNs = timeNs + latencyNs;
  }
  return events;
}
