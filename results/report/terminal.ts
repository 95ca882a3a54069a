/** A verdict as a few lines of text, for a terminal or a log. */
import type { Colors } from 'picocolors/types.js';
import type { Value } from '../history/index.ts';
import { stringifyJson } from '../history/json.ts';
import type { Anomaly, Evidence, Judgement, Verdict } from '../verdict.ts';

/** Anomalies that are told in full; the report has all. */
const TOLD = 3;
/** Keys of a kind that are named. */
const NAMED = 10;

/** `paths` are shown as given; `colors` from picocolors, so that a pipe stays plain. */
export function verdictText(
  verdict: Verdict,
  paths: { readonly report?: string; readonly again?: string },
  colors: Colors,
): string {
  const lines = [
    headline(verdict, colors),
    ...verdict.anomalies.slice(0, TOLD).flatMap((anomaly) => anomalyLines(anomaly, colors)),
    ...rest(verdict.anomalies.length - TOLD),
    ...keyLines(verdict),
    ...(verdict.judgement === 'unknown' ? verdict.reasons.slice(0, 8).map((reason) => `  missing   ${reason}`) : []),
    ...(verdict.notices ?? []).map((notice) => `  note      ${notice}`),
    ...(verdict.evidence ? [`  evidence  ${evidenceText(verdict.evidence)}`] : []),
    ...(paths.report === undefined ? [] : [`  report    ${paths.report}`]),
    ...(paths.again === undefined ? [] : [`  again     ${paths.again}`]),
  ];
  return lines.join('\n') + '\n';
}

export interface Title {
  readonly target: string;
  readonly workload: string;
  readonly nemesis: readonly string[];
  readonly nodes: number;
  readonly clients: number;
  readonly timeMs: number;
  readonly seed: string;
}

/** `etcd x register x partition+pause    5 nodes, 20 clients, 60 s, seed 7f3a`. */
export function titleText({ target, workload, nemesis, nodes, clients, timeMs, seed }: Title): string {
  const cell = `${target} x ${workload} x ${nemesis.join('+') || 'calm'}`;
  return `${cell}    ${nodes} nodes, ${clients} clients, ${timeMs / 1000} s, seed ${seed}`;
}

function headline(verdict: Verdict, colors: Colors): string {
  const { judgement, sentence, anomalies, checker } = verdict;
  const paint = { valid: colors.green, invalid: colors.red, unknown: colors.yellow }[judgement];
  const kinds = [...new Set(anomalies.map(({ kind }) => kind))].join(', ');
  const took = colors.dim(`    checked in ${(checker.durationMs / 1000).toFixed(2)} s`);
  const said = judgement === 'invalid' ? brokenPromise(verdict) : sentence;
  return `${colors.bold(paint(judgement.toUpperCase().padEnd(8)))} ${said}${kinds && ` [${kinds}]`}${took}`;
}

/** The anomalies below tell the rest. */
function brokenPromise({ checker: { model, name }, keys }: Verdict): string {
  const total = keys.valid + keys.invalid + keys.unknown;
  return `${model ?? 'the history'} is not ${name}${total > 1 ? ` on ${keys.invalid} of ${total} keys` : ''}`;
}

function anomalyLines({ sentence, during = [] }: Anomaly, colors: Colors): string[] {
  return [`  ${colors.red('x')} ${sentence}`, ...during.map((fault) => colors.dim(`    during ${fault}`))];
}

function rest(count: number): string[] {
  return count > 0 ? [`    and ${count} more in the report`] : [];
}

/** Which keys are what, where they are not all valid. */
function keyLines({ keys }: Verdict): string[] {
  const { listed } = keys;
  if (!listed) return [];
  const texts = JUDGEMENTS.filter((judgement) => keys[judgement] > 0).map((judgement) => {
    const some = listed[judgement].slice(0, NAMED).map(keyText).join(', ');
    const more = keys[judgement] - NAMED;
    return `${judgement} ${some}${more > 0 ? ` and ${more} more` : ''}`;
  });
  return [`  keys      ${texts.join('; ')}`];
}

const JUDGEMENTS: readonly Judgement[] = ['invalid', 'unknown', 'valid'];

function keyText(key: Value): string {
  return typeof key === 'string' && /^[\w.-]+$/.test(key) ? key : stringifyJson(key);
}

function evidenceText({ operations, faults, okDuringFaults, finalReads }: Evidence): string {
  const total = operations.ok + operations.fail + operations.info;
  const seen = faults.filter(({ effect }) => effect?.seen).length;
  const parts = [
    `${total.toLocaleString('en')} ops (${operations.ok.toLocaleString('en')} ok)`,
    ...(faults.length > 0
      ? [
          `${seen} of ${faults.length} faults took effect`,
          `${okDuringFaults.toLocaleString('en')} ok ops during faults`,
        ]
      : []),
    `${finalReads.toLocaleString('en')} final reads`,
  ];
  return parts.join('; ');
}
