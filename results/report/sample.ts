/**
 * A made-up run for tests and figures: registers under partitions, honest but for one planted stale read.
 *
 * Every operation takes effect at one moment between its two events, in one order, so the history is linearizable by
 * construction; then, in an `invalid` run, one read of key 17 is made to return what an acknowledged write had replaced.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { fromEvents, writeHistory, type HistoryEvent, type Value } from '../history/index.ts';
import { valueText } from './data/text.ts';
import type { RunInfo } from '../store/index.ts';
import type { Anomaly, FaultEvidence, Judgement, Verdict } from '../verdict.ts';

export interface SampleOptions {
  readonly operations: number;
  readonly judgement: Judgement;
  readonly seed?: number;
  /** Put wherever a system under test can put text: values, keys, errors, nodes, logs, the sentence. */
  readonly hostile?: string;
}

const CLIENTS = 20;
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const START = '2026-11-22T02:01:00.000Z';
const KEY = 17;
const TIMEOUT_NS = 500e6;

interface SampleOp {
  process: number;
  node: string;
  f: string;
  key: Value;
  value: Value;
  result: Value;
  type: 'ok' | 'fail' | 'info';
  error?: string;
  startNs: number;
  endNs: number;
  /** Event indices, once they are known. */
  invoke: number;
  complete: number;
}

/** Writes the files of a run's folder, all but its report; returns how many operations it holds, about as many as asked. */
export async function writeSample(folder: string, options: SampleOptions): Promise<number> {
  const random = stream(options.seed ?? 7);
  const durationNs = Math.max(20e9, Math.min(60e9, options.operations * 1e6));
  const faults = sampleFaults(durationNs, options.judgement === 'unknown');
  const ops = sampleOps(options, durationNs, faults, random);
  const planted = options.judgement === 'invalid' ? plant(ops, durationNs * 0.64) : [];
  await mkdir(join(folder, 'nodes'), { recursive: true });
  writeHistory(fromEvents(eventsOf(ops, faults)), join(folder, 'history.jsonl'));
  const verdict = sampleVerdict(options, ops, planted, faults);
  await writeFile(join(folder, 'verdict.json'), JSON.stringify(verdict, null, 2));
  await writeFile(join(folder, 'run.json'), JSON.stringify(sampleInfo(options, durationNs), null, 2));
  for (const node of NODES) await writeFile(join(folder, 'nodes', `${node}.log`), sampleLog(node, durationNs, options));
  return ops.length;
}

type Stream = () => number;

function stream(seed: number): Stream {
  const generator = xoroshiro128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}

function sampleOps(
  options: SampleOptions,
  durationNs: number,
  faults: readonly FaultEvidence[],
  random: Stream,
): SampleOp[] {
  const perClient = Math.ceil(options.operations / CLIENTS);
  const paceNs = durationNs / perClient;
  const ops: SampleOp[] = [];
  for (let client = 0; client < CLIENTS; client++) {
    let process = client;
    let nowNs = random() * paceNs;
    for (let i = 0; i < perClient && nowNs < durationNs - TIMEOUT_NS; i++) {
      const op = sampleOp(process, client, nowNs, paceNs, faults, random, options.hostile);
      ops.push(op);
      if (op.type === 'info') process += CLIENTS;
      nowNs = op.endNs + random() * paceNs * 0.9 + 1_000;
    }
  }
  takeEffect(ops, random);
  return ops;
}

function sampleOp(
  process: number,
  client: number,
  startNs: number,
  paceNs: number,
  faults: readonly FaultEvidence[],
  random: Stream,
  hostile: string | undefined,
): SampleOp {
  const node = NODES[client % NODES.length] ?? '';
  const cut = faults.find(
    ({ nodes, firstEffectNs = Infinity, healAskedNs = 0 }) =>
      nodes.includes(node) && startNs >= firstEffectNs && startNs <= healAskedNs,
  );
  const f = random() < 0.5 ? 'read' : 'write';
  const key = hostile !== undefined && random() < 0.05 ? hostile : Math.floor(random() * 30);
  const lost = cut !== undefined && random() < 0.7;
  const type = lost ? (f === 'read' ? 'fail' : 'info') : 'ok';
  const tail = random() < 0.01 ? 12 : 1;
  const tookNs = lost ? TIMEOUT_NS : Math.min(TIMEOUT_NS, paceNs * tail * (0.15 - 0.22 * Math.log(1 - random())));
  const error = lost
    ? (hostile ?? (f === 'read' ? 'etcdserver: request timed out' : 'context deadline exceeded'))
    : undefined;
  const endNs = Math.round(startNs + tookNs + 1_000);
  return {
    process,
    node,
    f,
    key,
    value: null,
    result: null,
    type,
    ...(error === undefined ? {} : { error }),
    startNs: Math.round(startNs),
    endNs,
    invoke: -1,
    complete: -1,
  };
}

/** Gives writes unique values and reads what stands in their register, in one order of effects. */
function takeEffect(ops: SampleOp[], random: Stream): void {
  const effects = ops.map((op) => ({ op, atNs: op.startNs + (op.endNs - op.startNs) * (0.1 + 0.8 * random()) }));
  effects.sort((a, b) => a.atNs - b.atNs);
  const registers = new Map<Value, Value>();
  let next = 1;
  for (const { op } of effects) {
    if (op.f === 'write') {
      op.value = op.result = next++;
      if (op.type !== 'fail') registers.set(op.key, op.value);
    } else op.result = registers.get(op.key) ?? null;
  }
}

/**
 * From here on key 17 knows three operations only: process 1 writes one value, process 3 another, and process 6 then
 * reads the first. Returns the three.
 */
function plant(ops: SampleOp[], fromNs: number): SampleOp[] {
  const after = (client: number, ns: number) =>
    ops.find(({ process, startNs, type }) => process % CLIENTS === client && startNs > ns && type === 'ok');
  const first = after(1, fromNs);
  const second = first && after(3, first.endNs);
  const third = second && after(6, second.endNs);
  if (!third) throw new Error(`no three operations follow one another after ${fromNs} ns`);
  for (const op of ops) if (op.key === KEY && op.endNs > first.startNs) op.key = KEY + 100;
  Object.assign(first, { f: 'write', key: KEY });
  Object.assign(second, { f: 'write', key: KEY });
  Object.assign(third, { f: 'read', key: KEY, value: null });
  takeEffect(ops, () => 0.5);
  third.result = first.value;
  return [first, second, third];
}

function sampleFaults(durationNs: number, unseen: boolean): FaultEvidence[] {
  const minorities = [['n1', 'n2'], ['n4'], ['n2', 'n5']];
  return minorities.map((nodes, id) => {
    const others = NODES.filter((node) => !nodes.includes(node));
    const askedNs = Math.round(durationNs * (0.15 + 0.27 * id));
    const healAskedNs = Math.round(askedNs + durationNs * 0.13);
    const plan = { id, fault: id === 1 ? 'pause' : 'partition', nodes, askedNs, healAskedNs };
    const describe = id === 1 ? nodes.join(',') : `${nodes.join(',')} | ${others.join(',')}`;
    const missed = unseen && id === 1;
    const links = id === 1 ? nodes : nodes.flatMap((a) => others.flatMap((b) => [`${a}>${b}`, `${b}>${a}`]));
    const firstNs = askedNs + 4_300_000;
    const lastEffectNs = firstNs + 40_700_000;
    const effect = {
      seen: !missed,
      measures: links.map((where) => ({
        where,
        what: id === 1 ? (missed ? 'freezer THAWED' : 'freezer FROZEN') : 'no packet arrived for 41 ms',
        seen: !missed,
        ...(missed ? {} : { firstNs, lastNs: lastEffectNs }),
      })),
    };
    const healedNs = healAskedNs + 210_000_000;
    const recovery = {
      seen: true,
      measures: links.map((where) => ({ where, what: 'answers again', seen: true, firstNs: healedNs })),
    };
    return {
      ...plan,
      describe,
      effect,
      recovery,
      healedNs,
      ...(missed ? {} : { firstEffectNs: firstNs, lastEffectNs }),
    };
  });
}

/** All events in order of time; each operation learns where its own stand. */
function eventsOf(ops: readonly SampleOp[], faults: readonly FaultEvidence[]): HistoryEvent[] {
  const events: { event: HistoryEvent; note?: (index: number) => void }[] = [];
  for (const op of ops) {
    const { process, f, key, node } = op;
    events.push({
      event: { process, type: 'invoke', f, key, value: op.value, timeNs: op.startNs, node },
      note: (index) => (op.invoke = index),
    });
    const error = op.error === undefined ? {} : { error: op.error };
    const value = op.type === 'ok' ? op.result : op.value;
    events.push({
      event: { process, type: op.type, f, key, value, timeNs: op.endNs, node, ...error },
      note: (index) => (op.complete = index),
    });
  }
  for (const fault of faults) events.push(...faultEvents(fault).map((event) => ({ event })));
  events.sort((a, b) => a.event.timeNs - b.event.timeNs);
  events.forEach(({ note }, index) => note?.(index));
  return events.map(({ event }) => event);
}

function faultEvents({
  id,
  fault,
  describe,
  nodes,
  effect,
  recovery,
  askedNs,
  healAskedNs = 0,
  healedNs = 0,
}: FaultEvidence): HistoryEvent[] {
  const event = (type: HistoryEvent['type'], value: unknown, timeNs: number): HistoryEvent => ({
    process: 'nemesis',
    type,
    f: fault,
    value: value as Value,
    timeNs,
  });
  const kind = (seen: boolean | undefined) => (seen === true ? 'info' : 'fail');
  return [
    event('invoke', { id, phase: 'inject', plan: { nodes } }, askedNs),
    event(kind(effect?.seen), { id, phase: 'inject', describe, nodes, effect }, askedNs + 45_000_000),
    event('invoke', { id, phase: 'heal' }, healAskedNs),
    event(kind(recovery?.seen), { id, phase: 'heal', effect: recovery }, healedNs + 1_000_000),
  ];
}

function sampleVerdict(
  options: SampleOptions,
  ops: readonly SampleOp[],
  planted: readonly SampleOp[],
  faults: readonly FaultEvidence[],
): Verdict {
  const { judgement, hostile } = options;
  const count = (type: SampleOp['type']) => ops.filter((op) => op.type === type).length;
  const okBy = (f: string) => ops.filter((op) => op.type === 'ok' && op.f === f).length;
  const missing = judgement === 'unknown' ? ['the effect of 1 of 3 faults was never seen: pause n4'] : [];
  const sentences = {
    valid: 'register is linearizable on all 30 keys, under 3 faults whose effect was measured.',
    invalid: 'register is not linearizable: a read returned a value that an acknowledged write had replaced.',
    unknown: 'The run is vacuous: it does not show what the register does while a node is paused.',
  };
  const during = faults.filter(({ firstEffectNs }) => firstEffectNs !== undefined);
  return {
    judgement,
    sentence: sentences[judgement] + (hostile ?? ''),
    anomalies: planted.length > 0 ? [sampleAnomaly(planted, hostile ?? '')] : [],
    reasons: missing,
    checker: {
      name: 'linearizable',
      version: '0.1.0',
      model: 'register',
      algorithms: { 'unique-register': 30 },
      operations: ops.length,
      durationMs: 212,
    },
    keys: { valid: judgement === 'invalid' ? 29 : 30, invalid: judgement === 'invalid' ? 1 : 0, unknown: 0 },
    evidence: {
      operations: { ok: count('ok'), fail: count('fail'), info: count('info') },
      okByF: { read: okBy('read'), write: okBy('write') },
      okDuringFaults: ops.filter(
        (op) =>
          op.type === 'ok' &&
          during.some(({ askedNs, healAskedNs = 0 }) => op.startNs > askedNs && op.endNs < healAskedNs),
      ).length,
      finalReads: 30,
      faults,
      missing,
    },
  };
}

function sampleAnomaly(planted: readonly SampleOp[], hostile: string): Anomaly {
  const [first, second, third] = planted;
  if (!first || !second || !third) throw new Error('nothing was planted');
  const at = (ns: number) => (ns / 1e9).toFixed(3);
  return {
    kind: 'stale read',
    sentence:
      `key ${KEY}: process ${third.process} read ${valueText(third.result)} from ${third.node} at ${at(third.startNs)} s, but process ` +
      `${second.process}'s write of ${valueText(second.value)} was acknowledged by ${second.node} at ${at(second.endNs)} s, ` +
      `and nothing wrote ${valueText(third.result)} after it.${hostile}`,
    key: KEY,
    events: [second.invoke, third.complete],
    explanation: {
      smallest: [first.invoke, second.invoke, third.invoke],
      steps: [
        { invoke: first.invoke, position: 0, before: null, after: first.value },
        { invoke: second.invoke, position: 1, before: first.value, after: second.value },
        { invoke: third.invoke, position: null, before: second.value },
      ],
    },
  };
}

export function sampleInfo({ operations, hostile, seed = 7 }: SampleOptions, durationNs: number): RunInfo {
  const again = `ordeal run etcd -w register -n partition,pause --time ${Math.round(durationNs / 1e9)}s --seed ${seed}`;
  return {
    id: '2026-11-22/0201-etcd-register-partition-7f3a',
    version: '0.1.0',
    startedAt: START,
    seed: String(seed),
    target: { name: `etcd${hostile ?? ''}`, params: {} },
    workload: { name: 'register', params: { keys: 30 }, reads: ['read'], checker: { name: 'linearizable' } },
    nemesis: ['partition', 'pause'],
    settings: {
      timeMs: durationNs / 1e6,
      nodes: 5,
      clients: CLIENTS,
      rate: operations / (durationNs / 1e9),
      opTimeoutMs: 500,
    },
    cluster: { version: '3.4.23', image: 'bitnami/etcd@sha256:0f3c', nodes: { n1: '172.18.0.2', n2: '172.18.0.3' } },
    environment: { node: 'v20.20.2', kernel: '6.18.1', cores: 2, note: hostile ?? '' },
    argv: ['run', 'etcd', '-w', 'register', '-n', 'partition,pause'],
    again,
  };
}

function sampleLog(node: string, durationNs: number, { hostile }: SampleOptions): string {
  const started = Date.parse(START);
  const lines = ['etcd starting up without a time of its own'];
  for (let ms = -1500; ms < durationNs / 1e6; ms += 370) {
    const stamp = new Date(started + ms).toISOString();
    const text =
      ms % 3 === 0
        ? `raft: ${node} received MsgHeartbeat`
        : `health check of peers by ${node} took ${Math.abs(ms % 97)} ms`;
    lines.push(`{"level":"info","ts":"${stamp}","msg":"${text}"}${hostile === undefined ? '' : ` ${hostile}`}`);
  }
  return `${lines.join('\n')}\n`;
}
