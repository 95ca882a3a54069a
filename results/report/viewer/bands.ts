/**
 * The faults as spans of time: when they were in force by measurement, and the wider span from the request to the
 * recovery, which is drawn faintly around it.
 */
import type { FaultEvidence } from '../../verdict.ts';
import { inForce, type Span } from '../data/in-force.ts';

export interface Band {
  readonly fault: FaultEvidence;
  readonly label: string;
  readonly askedNs: number;
  /** When recovery was seen, or at least asked for. */
  readonly askedToNs: number;
  /** Null when no effect was seen. */
  readonly effect: Span | null;
  /** Bands that overlap stand on different tracks. */
  readonly track: number;
}

export function bandsOf(faults: readonly FaultEvidence[], durationNs: number): Band[] {
  const busyUntil: number[] = [];
  return faults.map((fault) => {
    const effect = inForce(fault, durationNs);
    const askedToNs = Math.max(fault.askedNs, fault.healedNs ?? fault.healAskedNs ?? durationNs);
    let track = busyUntil.findIndex((until) => until <= fault.askedNs);
    if (track < 0) track = busyUntil.length;
    busyUntil[track] = Math.max(askedToNs, effect?.toNs ?? 0);
    return {
      fault,
      label: fault.describe === '' ? fault.fault : `${fault.fault} ${fault.describe}`,
      askedNs: fault.askedNs,
      askedToNs,
      effect,
      track,
    };
  });
}

/** The faults whose effect was measured at a moment. */
export function activeAt(bands: readonly Band[], ns: number): Band[] {
  return bands.filter(({ effect }) => effect !== null && effect.fromNs <= ns && ns <= effect.toNs);
}
