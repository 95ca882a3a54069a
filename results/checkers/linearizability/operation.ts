/** An operation of a history, as models see it. */
import { INFO, OK, type History } from '../../history/index.ts';
import type { Operation } from './model.ts';

export function operationAt(history: History, row: number): Operation {
  const outcome = history.outcome[row];
  return {
    f: history.fs[history.f[row] ?? 0] ?? '',
    input: history.values[history.input[row] ?? 0] ?? null,
    output: outcome === INFO ? undefined : (history.values[history.output[row] ?? 0] ?? null),
    outcome: outcome === OK ? 'ok' : outcome === INFO ? 'info' : 'fail',
  };
}
