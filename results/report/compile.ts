/**
 * From a run's folder to what its page needs: the header, the columns and the texts.
 *
 * Here event indices become rows, values become text, and times become 32-bit numbers in the finest unit that fits.
 */
import { INFO, NEVER, rowOfEvent, type History, type Value } from '../history/index.ts';
import type { Anomaly, FaultEvidence } from '../verdict.ts';
import { encodeBlock, type Column } from './data/codec.ts';
import { OPEN, type AnomalyFacts, type Header, type VerdictFacts } from './data/header.ts';
import { keyText, valueText } from './data/text.ts';
import { faultEvidenceOf } from '../fault-evidence.ts';
import { packLanes } from './lanes.ts';
import { timeLog } from './node-log.ts';
import { phaseRows } from './phases.ts';
import { placedIn } from './placements.ts';
import type { RunFolder } from './run-folder.ts';

/** The header as an object, for the page's static part, and all of it as bytes. */
export interface Compiled {
  readonly header: Header;
  readonly block: Uint8Array;
}

export function compile(folder: RunFolder): Compiled {
  const { history, verdict, info, logs } = folder;
  const faults = verdict?.evidence?.faults ?? faultEvidenceOf(history.nemesis);
  const durationNs = lastMoment(history, faults);
  const unitNs = unitFor(durationNs);
  const processes = processTable(history, info?.settings.clients ?? 0);
  const timed = logs.map(({ text }) => timeLog(text, info?.startedAt ?? ''));
  const placed = placedIn(folder);
  const header: Header = {
    run: {
      id: info?.id ?? folder.name,
      title: titleOf(folder),
      startedAt: info?.startedAt ?? '',
      seed: info?.seed ?? '',
      again: info?.again ?? '',
    },
    verdict: verdictFacts(folder),
    anomalies: (verdict?.anomalies ?? []).map((anomaly) => anomalyFacts(anomaly, history)),
    ...(verdict?.evidence ? { evidence: verdict.evidence } : {}),
    faults,
    environment: info ? flatten('', info as unknown as Value) : [],
    phases: phaseRows(history, faults, durationNs),
    logs: logs.map(({ node }, i) => ({
      node,
      lines: timed[i]?.lines.length ?? 0,
      dropped: timed[i]?.dropped ?? 0,
      timed: timed[i]?.timed ?? false,
    })),
    ...(placed ? { placements: placed.facts } : {}),
    count: history.count,
    fromNs: firstMoment(history, faults, durationNs),
    durationNs,
    unitNs,
    fs: history.fs,
    keys: history.keys.map((key) => (key === undefined ? null : keyText(key))),
    nodes: history.nodes.map((node) => node ?? null),
    errors: history.errors.map((error) => error ?? null),
    processes: processes.numbers,
    laneOf: processes.laneOf,
    lanes: processes.labels,
  };
  const values = valueColumns(placed ? [...history.values, ...placed.more] : history.values);
  const columns: Record<string, Column> = {
    ...opColumns(history, unitNs),
    process: { coding: 'plain', data: processes.column },
    ...values.columns,
  };
  if (placed) {
    columns['placed.shift'] = { coding: 'plain', data: placed.shift };
    columns['placed.state'] = { coding: 'plain', data: placed.state };
    columns['placed.others'] = { coding: 'recent', data: placed.others };
  }
  const texts: Record<string, string> = { values: values.texts };
  timed.forEach(({ lines, timesMs }, i) => {
    columns[`log.${i}.time`] = { coding: 'delta', data: timesMs };
    texts[`log.${i}.text`] = lines.join('\n');
  });
  return { header, block: encodeBlock(header, columns, texts) };
}

function titleOf({ info, name }: RunFolder): string {
  if (!info) return name;
  const { version } = info.cluster;
  const target = typeof version === 'string' ? `${info.target.name} ${version}` : info.target.name;
  const nemesis = info.nemesis.length > 0 ? info.nemesis.join(' + ') : 'no faults';
  return `${target} × ${info.workload.name} × ${nemesis}`;
}

function verdictFacts({ verdict, history }: RunFolder): VerdictFacts {
  if (!verdict) {
    return {
      judgement: 'unknown',
      sentence: 'This run has not been judged.',
      reasons: ['There is no verdict.json: the run was cut short, or the check has not finished.'],
      checker: 'none',
      operations: history.count,
      durationMs: 0,
      keys: { valid: 0, invalid: 0, unknown: 0 },
    };
  }
  const { name, model, version, algorithms, operations, durationMs } = verdict.checker;
  const how = Object.entries(algorithms ?? {}).map(([algorithm, keys]) => `${algorithm} on ${keys}`);
  const checker = [model === undefined ? name : `${name}, model ${model}`, ...how, `version ${version}`].join('; ');
  const { judgement, sentence, reasons } = verdict;
  const { valid, invalid, unknown } = verdict.keys;
  const keys = { valid, invalid, unknown };
  return { judgement, sentence, reasons, checker, operations, durationMs, keys };
}

function anomalyFacts(anomaly: Anomaly, history: History): AnomalyFacts {
  const rowOf = (event: number) => rowOfEvent(history, event);
  const rows = (events: readonly number[]) => [...new Set(events.map(rowOf).filter((row) => row >= 0))];
  const witnesses = rows(anomaly.events).sort((a, b) => a - b);
  const smallest = rows(anomaly.explanation?.smallest ?? []);
  const steps = (anomaly.explanation?.steps ?? []).map((step) => ({
    row: rowOf(step.invoke),
    position: step.position,
    before: step.before === undefined ? null : valueText(step.before),
    after: step.after === undefined ? null : valueText(step.after),
  }));
  const named = [...new Set([...witnesses, ...smallest, ...steps.map(({ row }) => row)])].filter((row) => row >= 0);
  const positions = named.map((row) => ({
    row,
    invoke: history.invoke[row] ?? 0,
    complete: history.outcome[row] === INFO ? null : (history.complete[row] ?? null),
  }));
  const key = anomaly.key === undefined ? null : keyText(anomaly.key);
  return { kind: anomaly.kind, sentence: anomaly.sentence, key, witnesses, smallest, steps, positions };
}

function lastMoment(history: History, faults: readonly FaultEvidence[]): number {
  let last = 1;
  for (let row = 0; row < history.count; row++) {
    last = Math.max(last, history.invokeNs[row] ?? 0);
    if (history.complete[row] !== NEVER) last = Math.max(last, history.completeNs[row] ?? 0);
  }
  for (const fault of faults) last = Math.max(last, fault.askedNs, fault.healAskedNs ?? 0, fault.healedNs ?? 0);
  return last;
}

/** Where the picture begins: the first thing that happened, with a little air before it. */
function firstMoment(history: History, faults: readonly FaultEvidence[], durationNs: number): number {
  const first = Math.min(history.invokeNs[0] ?? durationNs, ...faults.map(({ askedNs }) => askedNs));
  return history.count === 0 ? 0 : Math.max(0, first - (durationNs - first) * 0.01);
}

/** The smallest power of ten in which the whole run stays below 2^32. */
export function unitFor(durationNs: number): number {
  let unitNs = 1;
  while (durationNs / unitNs >= 2 ** 32 - 2) unitNs *= 10;
  return unitNs;
}

function opColumns(history: History, unitNs: number): Record<string, Column> {
  const start = new Uint32Array(history.count);
  const duration = new Uint32Array(history.count);
  let latest = 0;
  for (let row = 0; row < history.count; row++) {
    // A foreign history's clock may step back; the page searches by start, so there the line only goes forward.
    latest = Math.max(latest, Math.round((history.invokeNs[row] ?? 0) / unitNs));
    start[row] = latest;
    const end = Math.round((history.completeNs[row] ?? 0) / unitNs);
    duration[row] = history.complete[row] === NEVER ? OPEN : Math.max(0, end - latest);
  }
  const cut = (column: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> }) =>
    column.subarray(0, history.count);
  return {
    start: { coding: 'delta', data: start },
    duration: { coding: 'plain', data: duration },
    invoke: { coding: 'delta', data: cut(history.invoke) },
    f: { coding: 'plain', data: cut(history.f) },
    outcome: { coding: 'plain', data: cut(history.outcome) },
    key: { coding: 'plain', data: cut(history.key) },
    node: { coding: 'plain', data: cut(history.node) },
    error: { coding: 'plain', data: cut(history.error) },
    input: { coding: 'recent', data: cut(history.input) },
    output: { coding: 'recent', data: cut(history.output) },
  };
}

interface Processes {
  readonly numbers: number[];
  readonly laneOf: number[];
  readonly labels: string[];
  /** Index into `numbers`, by row. */
  readonly column: Uint32Array;
}

function processTable(history: History, clients: number): Processes {
  const spans: { process: number; start: number; end: number }[] = [];
  const ids = new Map<number, number>();
  const column = new Uint32Array(history.count);
  for (let row = 0; row < history.count; row++) {
    const process = history.process[row] ?? 0;
    const start = history.invoke[row] ?? 0;
    const end = Math.max(start, history.complete[row] ?? start);
    let id = ids.get(process);
    if (id === undefined) {
      id = spans.push({ process, start, end }) - 1;
      ids.set(process, id);
    }
    const span = spans[id];
    if (span) span.end = Math.max(span.end, end);
    column[row] = id;
  }
  const { laneOf, labels } = packLanes(spans, clients);
  return { numbers: spans.map(({ process }) => process), laneOf, labels, column };
}

/** Small integers as numbers; everything else as one text, a line each (JSON text has no line breaks of its own). */
function valueColumns(values: readonly Value[]): { columns: Record<string, Column>; texts: string } {
  const number = new Int32Array(values.length);
  const isText = new Uint8Array(values.length);
  const texts: string[] = [];
  values.forEach((value, id) => {
    if (typeof value === 'number' && (value | 0) === value && !Object.is(value, -0)) number[id] = value;
    else {
      isText[id] = 1;
      number[id] = texts.push(valueText(value)) - 1;
    }
  });
  return {
    columns: { valueNumber: { coding: 'delta', data: number }, valueIsText: { coding: 'plain', data: isText } },
    texts: texts.join('\n'),
  };
}

/** Nested settings as dotted names, a list of settings as numbered ones. */
export function flatten(name: string, value: Value): [string, string][] {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([part, inner]) => flatten(name === '' ? part : `${name}.${part}`, inner));
  }
  if (Array.isArray(value) && value.some((item) => item !== null && typeof item === 'object')) {
    return value.flatMap((item: Value, i) => flatten(`${name}.${i}`, item));
  }
  const plain = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return [[name, plain ? value.join(' ') : typeof value === 'string' ? value : valueText(value)]];
}
