/**
 * What the checkers of plain promises share: each key is judged alone, and one verdict says it all.
 *
 * These are the checkers of Jepsen's tradition (jepsen.checker: set, total-queue, counter, unique-ids; jepsen.tests.bank): weaker than
 * linearizability, cheap, and just what many a system promises. Linear time.
 */
import type { z } from 'zod';
import type { History } from '../history/index.ts';
import type { Anomaly, Judgement, Verdict } from '../verdict.ts';
import type { Checker } from './checker.ts';
import { listKeys } from './key-lists.ts';
import { optionProblem } from './option-problem.ts';
import { splitByKey, type Subhistory } from './linearizability/subhistory.ts';

/** What one key's operations say. */
export interface Finding {
  /** All violations, the clearest first. */
  readonly anomalies: readonly Anomaly[];
  /** What was counted, for the sentence: `{ ok: 40, lost: 1 }`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why the promise cannot be judged; absent where it can. */
  readonly doubt?: string;
}

const VERSION = '1';
const ANOMALIES_SHOWN = 10;

export function checkerOf(name: string, promise: string, judge: (part: Subhistory) => Finding): Checker {
  return (history) => {
    const startMs = performance.now();
    const parts = splitByKey(history);
    const findings = parts.map((part) => ({ part, ...keyed(part, judge(part)) }));
    const violated = findings.filter(({ anomalies }) => anomalies.length > 0);
    const doubtful = findings.filter(({ anomalies, doubt }) => anomalies.length === 0 && doubt !== undefined);
    const anomalies = violated.flatMap((finding) => finding.anomalies);
    const nothing = parts.length === 0 ? ['there is no operation to judge'] : [];
    const reasons = [
      ...nothing,
      ...doubtful.flatMap(({ part, doubt }) => (doubt === undefined ? [] : [keyText(part, doubt)])),
    ];
    const counts = countsText(findings.map((finding) => finding.counts));
    const total = Math.max(1, parts.length);
    const judgement = violated.length > 0 ? 'invalid' : reasons.length > 0 ? 'unknown' : 'valid';
    const [first] = anomalies;
    const [reason = ''] = reasons;
    const sentences = {
      invalid: `Broken: ${first?.sentence ?? ''} (${counts})`,
      unknown: `Not decided: ${reason}`,
      valid: `Kept: ${promise} (${counts})`,
    };
    return {
      judgement,
      sentence: sentences[judgement],
      anomalies: anomalies.slice(0, ANOMALIES_SHOWN),
      reasons: reasons.slice(0, ANOMALIES_SHOWN),
      checker: { name, version: VERSION, operations: history.count, durationMs: performance.now() - startMs },
      keys: {
        valid: parts.length - violated.length - doubtful.length,
        invalid: violated.length,
        unknown: total - parts.length + doubtful.length,
        ...listKeys(parts, (index) => judgementOf(findings[index])),
      },
    } satisfies Verdict;
  };
}

function judgementOf(finding: Finding | undefined): Judgement {
  if (!finding || finding.anomalies.length > 0) return 'invalid';
  return finding.doubt === undefined ? 'valid' : 'unknown';
}

function keyed({ history, key }: Subhistory, finding: Finding): Finding {
  const name = history.keys[key];
  if (name === undefined) return finding;
  return { ...finding, anomalies: finding.anomalies.map((anomaly) => ({ ...anomaly, key: name })) };
}

function keyText({ history, key }: Subhistory, doubt: string): string {
  const name = history.keys[key];
  return name === undefined ? doubt : `key ${JSON.stringify(name)}: ${doubt}`;
}

function countsText(all: readonly Finding['counts'][]): string {
  const sums = new Map<string, number>();
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return [...sums].map(([name, count]) => `${count} ${name}`).join(', ');
}

/** Reads a checker's options. Throws a Problem that names the wrong one. */
export function optionsOf<Shape extends z.ZodRawShape>(name: string, schema: z.ZodObject<Shape>, options: unknown) {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw optionProblem(`The checker ${name}`, parsed.error, Object.keys(schema.shape));
}

/** Event indices of these rows: invocation, and completion where there is one. */
export function eventsAt(history: History, ...rows: readonly number[]): number[] {
  return rows.flatMap((row) => {
    const complete = history.complete[row] ?? 0;
    return complete < history.events ? [history.invoke[row] ?? 0, complete] : [history.invoke[row] ?? 0];
  });
}
