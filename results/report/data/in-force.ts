/**
 * When a fault was in force: from its first measured effect until its heal was asked for.
 *
 * The effect is measured when it begins, and not again all the time; what was seen to begin is taken to last until it is
 * healed. What was never seen to begin was never in force.
 */
import type { FaultEvidence } from '../../verdict.ts';

export interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

/** `endNs` is the end of the run: that of a fault that was never healed. */
export function inForce(fault: FaultEvidence, endNs: number): Span | null {
  const { firstEffectNs, lastEffectNs = 0, healAskedNs = endNs } = fault;
  return firstEffectNs === undefined ? null : { fromNs: firstEffectNs, toNs: Math.max(lastEffectNs, healAskedNs) };
}
