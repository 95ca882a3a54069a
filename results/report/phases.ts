/**
 * What each kind of operation cost while nothing was wrong, while a fault was in force, and while the cluster recovered.
 *
 * A fault is in force from the first measured effect to the last; what was asked for but never measured does not count.
 * Recovery lasts until the heal was measured, and at least five seconds: connections come back later than packets. An
 * operation belongs to the worst phase it touches, so that one begun just before a cut is not held against the calm.
 */
import type { History } from '../history/index.ts';
import { FAIL, NEVER, OK } from '../history/index.ts';
import type { FaultEvidence } from '../verdict.ts';
import { PHASES, type Phase, type PhaseRow } from './data/header.ts';

const SHORTEST_RECOVERY_NS = 5e9;

interface Spans {
  readonly fault: readonly (readonly [number, number])[];
  readonly recovery: readonly (readonly [number, number])[];
}

export function phaseSpans(faults: readonly FaultEvidence[], endNs: number): Spans {
  const seen = faults.filter((fault) => fault.firstEffectNs !== undefined);
  const endOf = (fault: FaultEvidence) => fault.lastEffectNs ?? fault.healAskedNs ?? endNs;
  return {
    fault: seen.map((fault) => [fault.firstEffectNs ?? 0, endOf(fault)]),
    recovery: seen.map((fault) => [
      endOf(fault),
      Math.max(fault.healedNs ?? endOf(fault), endOf(fault) + SHORTEST_RECOVERY_NS),
    ]),
  };
}

export function phaseOf(startNs: number, endNs: number, { fault, recovery }: Spans): Phase {
  const touches = (spans: Spans['fault']) => spans.some(([from, to]) => startNs <= to && endNs >= from);
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
