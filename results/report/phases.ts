/**
 * What each kind of operation cost while nothing was wrong, while a fault was in force, and while the cluster recovered.
 *
 * What was asked for but never measured is no fault. Recovery lasts from the request to heal until the heal was measured,
 * and at least five seconds: connections come back later than packets. An operation belongs to the worst phase it touches, so that one begun just before a cut is not held against the calm.
 */
import type { History } from '../history/index.ts';
import { FAIL, NEVER, OK } from '../history/index.ts';
import type { FaultEvidence } from '../verdict.ts';
import { inForce, type Span } from './data/in-force.ts';
import { PHASES, type Phase, type PhaseRow } from './data/header.ts';

const SHORTEST_RECOVERY_NS = 5e9;

interface Spans {
  readonly fault: readonly Span[];
  readonly recovery: readonly Span[];
}

export function phaseSpans(faults: readonly FaultEvidence[], endNs: number): Spans {
  const seen = faults.flatMap((fault) => {
    const span = inForce(fault, endNs);
    return span ? [{ span, healedNs: fault.healedNs ?? 0 }] : [];
  });
  return {
    fault: seen.map(({ span }) => span),
    recovery: seen.map(({ span: { toNs }, healedNs }) => ({
      fromNs: toNs,
      toNs: Math.max(healedNs, toNs + SHORTEST_RECOVERY_NS),
    })),
  };
}

export function phaseOf(startNs: number, endNs: number, { fault, recovery }: Spans): Phase {
  const touches = (spans: Spans['fault']) => spans.some(({ fromNs, toNs }) => startNs <= toNs && endNs >= fromNs);
  return touches(fault) ? 'fault' : touches(recovery) ? 'recovery' : 'calm';
}

export function phaseRows(history: History, faults: readonly FaultEvidence[], endNs: number): PhaseRow[] {
  const spans = phaseSpans(faults, endNs);
  const cells = history.fs.map(() => PHASES.map(() => ({ ok: [] as number[], fail: 0, info: 0 })));
  for (let row = 0; row < history.count; row++) {
    const start = history.invokeNs[row] ?? 0;
    const end = history.complete[row] === NEVER ? endNs : Math.max(start, history.completeNs[row] ?? endNs);
    const cell = cells[history.f[row] ?? 0]?.[PHASES.indexOf(phaseOf(start, end, spans))];
    if (!cell) continue;
    if (history.outcome[row] === OK) cell.ok.push(end - start);
    else if (history.outcome[row] === FAIL) cell.fail++;
    else cell.info++;
  }
  return history.fs.flatMap((f, i) =>
    PHASES.map((phase, j) => {
      const { ok = [], fail = 0, info = 0 } = cells[i]?.[j] ?? {};
      const sorted = Float64Array.from(ok).sort();
      return {
        f,
        phase,
        ok: ok.length,
        fail,
        info,
        p50Ns: quantile(sorted, 0.5),
        p99Ns: quantile(sorted, 0.99),
        maxNs: quantile(sorted, 1),
      };
    }),
  );
}

/** Nearest rank; null of nothing. */
export function quantile(sorted: Float64Array, q: number): number | null {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}
