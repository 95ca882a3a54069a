/** All nodes' log lines as one list in order of time, each with the faults that were in force when it was written. */
import { activeAt, type Band } from './bands.ts';
import type { Data } from './data.ts';

export interface LogLine {
  readonly log: number;
  readonly timeMs: number;
  readonly text: string;
}

/** Stable: lines of one node never change places. */
export function mergeLogs(data: Data): LogLine[] {
  return data.header.logs
    .flatMap((_, log) => {
      const times = data.logTimesMs(log);
      return times.length === 0
        ? []
        : data.logLines(log).map((text, i): LogLine => ({ log, timeMs: times[i] ?? 0, text }));
    })
    .sort((a, b) => a.timeMs - b.timeMs);
}

/** The last line at or before a moment; 0 when all are later. */
export function lineAt(lines: readonly LogLine[], ms: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.timeMs ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

export function faultTags(bands: readonly Band[], line: LogLine): string[] {
  return activeAt(bands, line.timeMs * 1e6).map(({ fault }) => `${fault.fault} #${fault.id}`);
}
