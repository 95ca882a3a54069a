/**
 * Evidence for links: packets of a beacon that stopped, or came back.
 *
 * A beacon tells nothing of a link whose end does not run (another fault may have killed the node): no packet passes
 * there, whatever else is in force, and the measure says so.
 */
import type { Effect, Measure } from '../results/index.ts';
import type { Arrival, Link } from '../targets/index.ts';

/** Seen where all links of `cut` are silent, at least one of them between nodes that run, and all others carry packets. */
export function silence(arrivals: readonly Arrival[], cut: readonly Link[], nowNs: number): Effect {
  const names = new Set(cut.map(nameOf));
  // A link passes only if a packet did after the last of the others had fallen silent.
  const doneNs = Math.max(
    0,
    ...arrivals.filter(({ link }) => names.has(nameOf(link))).map(({ silentNs }) => silentNs ?? 0),
  );
  const measures = arrivals.flatMap((arrival): Measure[] => {
    const { link, silentNs, lastNs } = arrival;
    const where = nameOf(link);
    if (!names.has(where))
      return flows(arrival) && (lastNs ?? 0) > doneNs
        ? []
        : [{ where, what: 'no packet passes, and it was not to be cut', seen: false }];
    if (silentNs === null) {
      if (lastNs === null) return [{ where, what: 'nothing is known yet', seen: false }];
      return [{ where, what: 'packets still pass', seen: false, lastNs }];
    }
    return [
      {
        where,
        what: `no packet arrived for ${milliseconds(nowNs - silentNs)}`,
        seen: true,
        firstNs: silentNs,
        lastNs: nowNs,
      },
    ];
  });
  const { seen } = conclude(measures);
  return {
    seen: seen && measures.some(({ where }) => names.has(where)),
    measures: [...measures, ...dead(arrivals, cut)],
  };
}

/**
 * Seen where packets flow on all links of `healed`, except those that other faults still cut. `sinceNs` is when they
 * were allowed to again.
 */
export function flow(
  arrivals: readonly Arrival[],
  healed: readonly Link[],
  stillCut: readonly Link[],
  sinceNs: number,
): Effect {
  const others = new Set(stillCut.map(nameOf));
  const names = new Set(healed.map(nameOf));
  const measures = arrivals
    .filter(({ link }) => names.has(nameOf(link)))
    .map((arrival): Measure => {
      const { link, firstNs, lastNs } = arrival;
      const where = nameOf(link);
      if (others.has(where)) return { where, what: 'cut by another fault still', seen: true };
      if (!flows(arrival) || firstNs === null || lastNs === null || lastNs < sinceNs) {
        return { where, what: 'no packet arrives yet', seen: false };
      }
      return { where, what: 'packets arrive again', seen: true, firstNs: Math.max(firstNs, sinceNs), lastNs };
    });
  return conclude([...measures, ...dead(arrivals, healed)]);
}

/** Links that the beacon did not measure. Where that is all of them, nothing was seen. */
export function dead(arrivals: readonly Arrival[], links: readonly Link[]): Measure[] {
  const measured = new Set(arrivals.map(({ link }) => nameOf(link)));
  return links
    .map(nameOf)
    .filter((where) => !measured.has(where))
    .map((where) => ({ where, what: 'one end does not run', seen: true }));
}

/** `n1>n3` */
export function nameOf({ from, to }: Link): string {
  return `${from}>${to}`;
}

function conclude(measures: readonly Measure[]): Effect {
  return { seen: measures.length > 0 && measures.every(({ seen }) => seen), measures };
}

function flows({ lastNs, silentNs }: Arrival): boolean {
  return lastNs !== null && silentNs === null;
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(0)} ms`;
}
