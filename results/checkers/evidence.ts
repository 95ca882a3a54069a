/**
 * What a history proves besides its verdict: that enough happened, and that the faults were real.
 *
 * A run in which nothing succeeded, or no fault took effect, is trivially linearizable. This reads from the history alone
 * what was there to be judged, and names each kind of evidence that is missing.
 */
import { faultEvidenceOf } from '../fault-evidence.ts';
import type { History } from '../history/index.ts';
import { FAIL, INFO, OK } from '../history/history.ts';
import type { Evidence, FaultEvidence } from '../verdict.ts';

/** What the run set out to do, from run.json; absent for a foreign history, of which less can be asked. */
export interface Expectations {
  /** The ops that change nothing. */
  readonly reads: readonly string[];
  /** Names of the faults that were to be injected. */
  readonly faults: readonly string[];
}

export function gatherEvidence(history: History, expected?: Expectations): Evidence {
  const faults = faultEvidenceOf(history.nemesis);
  const operations = { ok: countOf(history, OK), fail: countOf(history, FAIL), info: countOf(history, INFO) };
  const okByF = Object.fromEntries(history.fs.map((f, id) => [f, countOf(history, OK, id)]));
  const okDuringFaults = countOkDuring(history, faults);
  const finalReads = expected ? countFinalReads(history, faults, expected.reads) : 0;
  const found = { operations, okByF, okDuringFaults, finalReads, faults };
  return { ...found, missing: missing(found, expected) };
}

function countOf({ count, outcome, f }: History, wanted: number, wantedF?: number): number {
  let total = 0;
  for (let row = 0; row < count; row++) {
    if (outcome[row] === wanted && (wantedF === undefined || f[row] === wantedF)) total++;
  }
  return total;
}

/** Ok operations that were begun and ended while some fault was in force. */
function countOkDuring(history: History, faults: readonly FaultEvidence[]): number {
  const bands = faults.flatMap(({ firstEffectNs, healAskedNs }) =>
    firstEffectNs === undefined ? [] : [[firstEffectNs, healAskedNs ?? Infinity] as const],
  );
  let total = 0;
  for (let row = 0; row < history.count; row++) {
    if (history.outcome[row] !== OK) continue;
    const begunNs = history.invokeNs[row] ?? 0;
    const endedNs = history.completeNs[row] ?? 0;
    if (bands.some(([fromNs, toNs]) => begunNs >= fromNs && endedNs <= toNs)) total++;
  }
  return total;
}

function countFinalReads(history: History, faults: readonly FaultEvidence[], reads: readonly string[]): number {
  const healedNs = Math.max(
    0,
    ...faults.map(({ healedNs, healAskedNs, askedNs }) => healedNs ?? healAskedNs ?? askedNs),
  );
  let total = 0;
  for (let row = 0; row < history.count; row++) {
    const isRead = reads.includes(history.fs[history.f[row] ?? 0] ?? '');
    if (isRead && history.outcome[row] === OK && (history.invokeNs[row] ?? 0) >= healedNs) total++;
  }
  return total;
}

function missing(found: Omit<Evidence, 'missing'>, expected?: Expectations): string[] {
  const result: string[] = [];
  if (found.operations.ok === 0) result.push('no operation succeeded');
  else if (expected) {
    for (const [f, ok] of Object.entries(found.okByF)) if (ok === 0) result.push(`no ${f} succeeded`);
  }
  for (const { fault, id, effect, error, describe } of found.faults) {
    if (!effect?.seen)
      result.push(`${fault} #${id}${describe && ` (${describe})`} had no measured effect${error ? `: ${error}` : ''}`);
  }
  for (const fault of expected?.faults ?? []) {
    if (!found.faults.some((one) => one.fault === fault)) result.push(`${fault} was never injected`);
  }
  for (const { fault, id, effect, recovery } of found.faults) {
    if (effect?.seen && !recovery?.seen) result.push(`${fault} #${id} was never seen to be healed`);
  }
  if (found.faults.length > 0 && found.okDuringFaults === 0)
    result.push('no operation succeeded while a fault was in force');
  if (expected && found.finalReads === 0) result.push('no final read after the last heal');
  return result;
}
