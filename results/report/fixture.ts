/** For tests: the page's data of a few operations, through the same bytes that a report carries. */
import { fromEvents, type HistoryEvent, type Value } from '../history/index.ts';
import type { Verdict } from '../verdict.ts';
import { compile } from './compile.ts';
import { readData, type Data } from './viewer/data.ts';

export interface FixtureOp {
  readonly process: number;
  readonly f?: string;
  readonly key?: Value;
  readonly input?: Value;
  readonly output?: Value;
  readonly node?: string;
  readonly error?: string;
  /** An operation without an end was never completed. */
  readonly outcome?: 'ok' | 'fail' | 'info';
  readonly fromNs: number;
  readonly toNs?: number;
}

export function fixture(ops: readonly FixtureOp[], verdict: Verdict | null = null): Data {
  return readData(
    compile({ info: null, name: 'fixture', history: fromEvents(eventsFor(ops)), verdict, logs: [] }).block,
  );
}

function eventsFor(ops: readonly FixtureOp[]): HistoryEvent[] {
  const events = ops.flatMap((op): HistoryEvent[] => {
    const { process, f = 'read', key, node, error, input = null, output = null, outcome = 'ok', fromNs, toNs } = op;
    const shared = { process, f, ...(key === undefined ? {} : { key }), ...(node === undefined ? {} : { node }) };
    const invoke: HistoryEvent = { ...shared, type: 'invoke', value: input, timeNs: fromNs };
    if (toNs === undefined) return [invoke];
    const told = error === undefined ? {} : { error };
    return [invoke, { ...shared, ...told, type: outcome, value: output, timeNs: toNs }];
  });
  return events.sort((a, b) => a.timeNs - b.timeNs);
}
