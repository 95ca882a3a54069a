/** What a run has come to so far: counts and latencies, for the live view and for benchmarks. */
import type { HistoryEvent, Process } from '../results/index.ts';
import { NEMESIS } from '../results/index.ts';

export interface Tally {
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** Completions per second over the last seconds. */
  readonly perSecond: number;
  /** Latencies of ok operations of the whole run, in ms, to 5 %. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Buckets grow by 5 % from a microsecond: 400 of them reach past five minutes. */
const GROWTH = Math.log(1.05);
const BUCKETS = 400;
const WINDOW_NS = 5e9;

export function openTally(): { add(event: HistoryEvent): void; read(nowNs: number): Tally } {
  const counts = { invoke: 0, ok: 0, fail: 0, info: 0 };
  const begunNs = new Map<Process, number>();
  const buckets = new Uint32Array(BUCKETS);
  let maxNs = 0;
  let window: { readonly fromNs: number; readonly done: number }[] = [];
  const done = () => counts.ok + counts.fail + counts.info;

  const quantileMs = (share: number) => {
    let left = Math.ceil(share * counts.ok);
    const bucket = buckets.findIndex((count) => (left -= count) <= 0);
    return Math.min(maxNs / 1e6, Math.exp(Math.max(0, bucket) * GROWTH) / 1e3);
  };

  return {
    add({ process, type, timeNs }) {
      if (process === NEMESIS) return;
      if (window.length === 0) window = [{ fromNs: timeNs, done: 0 }];
      counts[type]++;
      if (type === 'invoke') return void begunNs.set(process, timeNs);
      const latencyNs = timeNs - (begunNs.get(process) ?? timeNs);
      begunNs.delete(process);
      if (type !== 'ok') return;
      maxNs = Math.max(maxNs, latencyNs);
      const bucket = Math.ceil(Math.log(Math.max(1, latencyNs / 1e3)) / GROWTH);
      buckets[Math.min(BUCKETS - 1, bucket)]! += 1;
    },
    read(nowNs) {
      const recent = window.filter(({ fromNs }) => fromNs >= nowNs - WINDOW_NS);
      const oldest = recent[0] ?? window.at(-1);
      window = [...recent, { fromNs: nowNs, done: done() }];
      const seconds = oldest ? (nowNs - oldest.fromNs) / 1e9 : 0;
      return {
        ok: counts.ok,
        fail: counts.fail,
        info: counts.info,
        perSecond: seconds > 0 && oldest ? (done() - oldest.done) / seconds : 0,
        p50Ms: quantileMs(0.5),
        p99Ms: quantileMs(0.99),
        maxMs: maxNs / 1e6,
      };
    },
  };
}
