/** The folder of a made-up run, for tests and figures: history, verdict, run.json and logs, all that a report is made of. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromEvents, writeHistory } from '../history/index.ts';
import {
  CLIENTS,
  eventsOf,
  KEY,
  NODES,
  plant,
  sampleFaults,
  sampleOps,
  stream,
  type SampleOp,
  type SampleOptions,
} from './sample-history.ts';
import { valueText } from './data/text.ts';
import type { RunInfo } from '../store/index.ts';
import type { Anomaly, FaultEvidence, Verdict } from '../verdict.ts';

const START = '2026-11-22T02:01:00.000Z';

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
    schedule: [],
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
