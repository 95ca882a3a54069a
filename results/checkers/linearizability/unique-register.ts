/**
 * A register whose every value was written once: decided in linear time.
 *
 * Gibbons and Korach, "Testing Shared Memories", SIAM J. Comput. 26(4), 1997, extended to cas and to crashed operations.
 * Unique values say which write each read saw: a write and all reads of its value are a *cluster* (gather.ts). A successful
 * cas reads one cluster's value and writes the next's, so the two stand side by side in every order: clusters chain into
 * *blocks* (chains.ts), which are never interleaved. Block A must come before block B iff a member of A completed before a
 * member of B was invoked: F(A) < S(B), with F the earliest completion and S the latest invocation of a block. A cycle of
 * that relation contains a cycle of two, so it is enough to look at pairs, as *zones* on the line of events (zones.ts).
 */
import type { History } from '../../history/index.ts';
import { OK } from '../../history/index.ts';
import { adoptCrashed, walkChains } from './chains.ts';
import { sourceOf, writerOf, type Clusters, type Complaint, type Proof, type Scope } from './clusters.ts';
import { gather } from './gather.ts';
import type { RegisterRules } from './model.ts';
import type { Violation } from './outcome.ts';
import { CAS, READ, type RegisterValues } from './register-values.ts';
import type { Subhistory } from './subhistory.ts';
import { compareZones, zoneRoom } from './zones.ts';

/** The verdict's data: clusters to build an order from, rows that prove a violation, or no answer. */
export type UniqueVerdict =
  /** The clusters are good until the next call. */
  | { readonly judgement: 'valid'; readonly clusters: Clusters }
  | Violation
  /** Some value was written twice, or the history is no register's: another algorithm must judge. */
  | { readonly judgement: 'unsuited' };

export function uniqueRegister(part: Subhistory, rules: RegisterRules, values: RegisterValues): UniqueVerdict {
  const { history, rows } = part;
  const isWhole = rows.length === history.count;
  const scope: Scope = { history, rules, values, keyed: false, ...(isWhole ? {} : { rows }) };
  let proof: Proof | undefined;
  const complain: Complaint = (_, found) => {
    proof ??= found;
    return found !== undefined;
  };
  const clusters = gather(scope, complain);
  if (!clusters) return { judgement: 'unsuited' };
  // Each step rests on the one before it having found nothing.
  if (!proof) adoptCrashed(clusters, complain);
  const zones = zoneRoom(proof ? 0 : clusters.ends[0]!);
  if (!proof) walkChains(clusters, 0, zones, complain);
  if (!proof) compareZones(zones, 0, history.events, complain);
  return proof ? violation(clusters, rowsOf(history, proof)) : { judgement: 'valid', clusters };
}

function rowsOf(history: History, proof: Proof): readonly number[] {
  return 'rows' in proof ? proof.rows : proof.events.flatMap((event) => rowAt(history, event));
}

/** Whoever was invoked or completed at this event. */
function rowAt({ invoke, complete }: History, event: number): number[] {
  const invoked = invoke.indexOf(event);
  const row = invoked >= 0 ? invoked : complete.indexOf(event);
  return row >= 0 ? [row] : [];
}

/** These rows and those of who wrote what they saw, and so on: nothing among them seems to come from nowhere. */
function withSources(clusters: Clusters, witnesses: readonly number[]): number[] {
  const { f, output, first } = clusters.history;
  const { kindOf } = clusters.values;
  const found = new Set(witnesses);
  // A set grows while it is walked: sources have sources.
  for (const row of found) {
    const kind = kindOf[f[row]!]!;
    if (kind !== READ && kind !== CAS) continue;
    const source = sourceOf(clusters, row, kind === READ ? output[row]! : first[row]!);
    // 0 is the initial value.
    if (source > 0) found.add(writerOf(clusters, source));
  }
  return [...found].sort((a, b) => a - b);
}

/**
 * Whoever wrote what a witness saw need not have completed: to have been seen is enough, so `proof` alone says when it was
 * over. A crashed operation in it must have happened only since somebody saw so, who may have come last of all.
 */
function violation(clusters: Clusters, proof: readonly number[]): Violation {
  const { outcome, complete, events } = clusters.history;
  const cut = Math.max(...proof.map((row) => (outcome[row] === OK ? complete[row]! : events - 1)));
  const witnesses = withSources(clusters, proof);
  return { judgement: 'invalid', algorithm: 'unique-register', cut, witnesses, longest: [] };
}
