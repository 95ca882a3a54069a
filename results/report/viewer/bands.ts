/**
 * The faults as spans of time: what was asked for, and what was measured of it.
 *
 * Only the measured effect counts as a fault in force; the request is drawn faintly around it.
 */
import type { FaultEvidence } from '../../verdict.ts';

export interface Band {
  readonly fault: FaultEvidence;
  readonly label: string;
  readonly askedNs: number;
  readonly askedToNs: number;
  /** Null when no effect was seen. */
  readonly effect: { readonly fromNs: number; readonly toNs: number } | null;
  /** Bands that overlap stand on different tracks. */
  readonly track: number;
}

export function bandsOf(faults: readonly FaultEvidence[], durationNs: number): Band[] {
  const busyUntil: number[] = [];
  return faults.map((fault) => {
    const effectTo = fault.lastEffectNs ?? fault.healAskedNs ?? durationNs;
    const askedToNs = Math.max(fault.askedNs, fault.healAskedNs ?? fault.healedNs ?? durationNs);
    let track = busyUntil.findIndex((until) => until <= fault.askedNs);
    if (track < 0) track = busyUntil.length;
    busyUntil[track] = Math.max(askedToNs, effectTo);
    return {
      fault,
      label: fault.describe === '' ? fault.fault : `${fault.fault} ${fault.describe}`,
      askedNs: fault.askedNs,
      askedToNs,
      effect: fault.firstEffectNs === undefined ? null : { fromNs: fault.firstEffectNs, toNs: effectTo },
      track,
    };
  });
}

/** The faults whose effect was measured at a moment. */
export function activeAt(bands: readonly Band[], ns: number): Band[] {
  return bands.filter(({ effect }) => effect !== null && effect.fromNs <= ns && ns <= effect.toNs);
}
