/** How many operations a second the interpreter records, on a client that answers at once, with the history on disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecorder } from '../results/index.ts';
import { limit, register, seeded } from '../workloads/index.ts';
import { openInterpreter } from './interpreter.ts';
import { openTally } from './tally.ts';
import { startClock } from './trial.ts';

const THREADS = 20;
const OPS = 10_000;
const RUNS = 5;

export async function benchInterpreter(print: (line: string) => void): Promise<void> {
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) rates.push(await once(run));
  const [slowest = 0, , median = 0, , fastest = 0] = rates.sort((a, b) => a - b).map(Math.round);
  print(`interpreter: ${THREADS} threads, no-op client, history on disk: ${median.toLocaleString('en')} ops/s`);
  print(
    `  (median of ${RUNS} runs of ${(THREADS * OPS).toLocaleString('en')} ops; ${slowest.toLocaleString('en')} to ${fastest.toLocaleString('en')}; goal 50,000)`,
  );
}

async function once(run: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ordeal-bench-'));
  const clock = startClock();
  const random = seeded(`bench ${run}`);
  const tally = openTally();
  const recorder = openRecorder(join(folder, 'history.jsonl'));
  const params = register.parameters.parse({});
  const record: Parameters<typeof openInterpreter>[1]['record'] = (event) => {
    recorder.record(event);
    tally.add(event);
  };
  const common = { reads: new Set(register.reads), opTimeoutMs: 1000, nowNs: () => clock.nowNs(), record };
  await using interpreter = openInterpreter(THREADS, common, (index) => ({
    node: `n${index % 5}`,
    random: random.fork(index),
    connect: () => Promise.resolve({ invoke: (op) => Promise.resolve(op.value), close: () => Promise.resolve() }),
  }));
  const begunNs = clock.nowNs();
  await interpreter.run(
    (index) => limit(OPS, register.generator({ index, count: THREADS }, random.fork(`client ${index}`), params)),
    new AbortController().signal,
  );
  recorder.close();
  const seconds = (clock.nowNs() - begunNs) / 1e9;
  rmSync(folder, { recursive: true });
  return (THREADS * OPS) / seconds;
}
