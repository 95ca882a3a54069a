/**
 * Operations of one kind that are interchangeable but for their times: which one comes next, if one has to?
 *
 * Of those that were invoked, the one that completes first: any other could trade places with it (earliest deadline first,
 * Jackson 1955). Crashed ones have all the time in the world, so they come only when there is nobody else.
 */

export interface Pool {
  /** An operation that may come from now on. `end` is its completion, NEVER if it crashed. */
  open(row: number, end: number): void;
  /** Takes this one, if it is still there. */
  take(row: number): boolean;
  /** Takes the one that completes first; -1 if there is none. */
  takeNext(): number;
}

/** A binary heap of completions; those that were taken out of turn are skipped when they come up. */
export function poolOf(): Pool {
  const rows: number[] = [];
  const ends: number[] = [];
  const waiting = new Set<number>();
  const swap = (a: number, b: number) => {
    [rows[a], rows[b]] = [rows[b]!, rows[a]!];
    [ends[a], ends[b]] = [ends[b]!, ends[a]!];
  };
  const popFirst = (): number => {
    const [row = -1] = rows;
    swap(0, rows.length - 1);
    rows.pop();
    ends.pop();
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < ends.length && ends[child]! < ends[least]!) least = child;
      if (least === at) return row;
      swap(at, least);
      at = least;
    }
  };
  return {
    open(row, end) {
      waiting.add(row);
      rows.push(row);
      ends.push(end);
      for (let at = rows.length - 1; at > 0;) {
        const parent = (at - 1) >>> 1;
        if (ends[parent]! <= ends[at]!) break;
        swap(at, parent);
        at = parent;
      }
    },
    take: (row) => waiting.delete(row),
    takeNext() {
      while (rows.length > 0) {
        const row = popFirst();
        if (waiting.delete(row)) return row;
      }
      return -1;
    },
  };
}
