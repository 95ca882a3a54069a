/**
 * The layout of an explanation's picture: a few operations, drawn in the order of their events.
 *
 * Across stands the order in which invocations and completions were recorded, not the clock: half a minute of silence
 * between two operations proves nothing, that one ended before the other began proves everything. An arrow leads from an
 * operation to each that begins only after it ended, unless that follows from arrows already drawn.
 */
import type { PositionFacts } from '../data/header.ts';

export interface FigureOp extends PositionFacts {
  readonly process: number;
}

export interface Bar {
  readonly row: number;
  /** Index of the process' line. */
  readonly line: number;
  /** Columns of the events; `to` is null for an operation that stays open. */
  readonly from: number;
  readonly to: number | null;
}

export interface Figure {
  readonly columns: number;
  readonly processes: readonly number[];
  readonly bars: readonly Bar[];
  /** Pairs of indices into `bars`: the first ended before the second began. */
  readonly arrows: readonly (readonly [number, number])[];
}

export function figureOf(ops: readonly FigureOp[]): Figure {
  const events = [...new Set(ops.flatMap(({ invoke, complete }) => [invoke, complete ?? invoke]))].sort(
    (a, b) => a - b,
  );
  const column = new Map(events.map((event, i) => [event, i]));
  const processes = [...new Set(ops.map(({ process }) => process))];
  const bars = ops.map(({ row, process, invoke, complete }) => ({
    row,
    line: processes.indexOf(process),
    from: column.get(invoke) ?? 0,
    to: complete === null ? null : (column.get(complete) ?? 0),
  }));
  const anyOpen = bars.some(({ to }) => to === null);
  return { columns: events.length + (anyOpen ? 1 : 0), processes, bars, arrows: arrowsOf(bars) };
}

function arrowsOf(bars: readonly Bar[]): [number, number][] {
  const before = (a: number, b: number) => {
    const to = bars[a]?.to ?? null;
    return to !== null && to < (bars[b]?.from ?? 0);
  };
  const all = bars.map((_, i) => i);
  return all.flatMap((a) =>
    all
      .filter((b) => before(a, b) && !all.some((between) => before(a, between) && before(between, b)))
      .map((b): [number, number] => [a, b]),
  );
}
