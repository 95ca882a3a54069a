/**
 * Which processes share a lane of the timeline.
 *
 * A process whose operation ended in doubt is never used again, and its worker goes on under a new number: a run of an
 * hour has thousands of processes, but never more at one time than it has clients. Processes that follow one another
 * share a lane, by preference the one of the same worker (equal number modulo the clients).
 */

export interface ProcessSpan {
  readonly process: number;
  readonly start: number;
  readonly end: number;
}

export interface Lanes {
  /** Lane of each span, in the order given. */
  readonly laneOf: number[];
  readonly labels: string[];
}

/** Spans must be in order of start; `clients` is a hint, 0 when it is not known. */
export function packLanes(spans: readonly ProcessSpan[], clients: number): Lanes {
  const busyUntil: number[] = [];
  const members: number[][] = [];
  const laneByWorker = new Map<number, number>();
  const laneOf = spans.map(({ process, start, end }) => {
    const worker = clients > 0 ? process % clients : process;
    const own = laneByWorker.get(worker);
    let lane = own !== undefined && (busyUntil[own] ?? 0) <= start ? own : -1;
    if (lane < 0 && (own !== undefined || clients === 0)) lane = busyUntil.findIndex((until) => until <= start);
    if (lane < 0) lane = busyUntil.length;
    if (own === undefined) laneByWorker.set(worker, lane);
    busyUntil[lane] = end;
    (members[lane] ??= []).push(process);
    return lane;
  });
  const order = members.map((_, lane) => lane).sort((a, b) => (members[a]?.[0] ?? 0) - (members[b]?.[0] ?? 0));
  const rank: number[] = [];
  order.forEach((lane, place) => (rank[lane] = place));
  return {
    laneOf: laneOf.map((lane) => rank[lane] ?? lane),
    labels: order.map((lane) => labelOf(members[lane] ?? [])),
  };
}

function labelOf(processes: readonly number[]): string {
  const [first, ...rest] = processes;
  return rest.length === 0 ? `process ${first ?? 0}` : `process ${first ?? 0} +${rest.length}`;
}
