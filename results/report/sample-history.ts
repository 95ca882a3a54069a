/**
 * The made-up history behind a sample: registers under partitions, honest but for one planted stale read.
 *
 * Every operation takes effect at one moment between its two events, in one order, so the history is linearizable by
 * construction; then one read of key 17 is made to return what an acknowledged write had replaced.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { HistoryEvent, Value } from '../history/index.ts';
import type { FaultEvidence, Judgement } from '../verdict.ts';

export interface SampleOptions {
  readonly operations: number;
  readonly judgement: Judgement;
  readonly seed?: number;
  /** Put wherever a system under test can put text: values, keys, errors, nodes, logs, the sentence. */
  readonly hostile?: string;
}

export const CLIENTS = 20;
export const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
export const KEY = 17;
const TIMEOUT_NS = 500e6;

export interface SampleOp {
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

type Stream = () => number;

export function stream(seed: number): Stream {
  const generator = xoroshiro128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}

export function sampleOps(
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
      nowNs = op.endNs + random() * paceNs * 0.7 + 1_000;
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
export function plant(ops: SampleOp[], fromNs: number): SampleOp[] {
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

export function sampleFaults(durationNs: number, unseen: boolean): FaultEvidence[] {
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
export function eventsOf(ops: readonly SampleOp[], faults: readonly FaultEvidence[]): HistoryEvent[] {
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
