/**
 * How long it takes to record a history and to load it: the part of a check that takes longest.
 *
 * `U`: one register, read, write and cas 40/30/30, every written value its own, five clients.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { HistoryEvent, Value } from './event.ts';
import { readHistory } from './jsonl.ts';
import { loadHistory } from './load.ts';
import { openRecorder } from './recorder.ts';

const RUNS = 5;
const CLIENTS = 5;

export function benchLoading(print: (line: string) => void, operations = 1_000_000): void {
  const folder = mkdtempSync(join(tmpdir(), 'ordeal-bench-'));
  const path = join(folder, 'history.jsonl');
  const zipped = join(folder, 'zipped.jsonl.gz');
  try {
    const recordMs = elapsedMs(() => record(path, operations));
    const size = statSync(path).size;
    print(`U ${operations} operations, ${megabytes(size)}; medians of ${RUNS}`);
    print(`record                    ${figure(recordMs)}  ${Math.round((operations * 2) / recordMs)}k events/s`);
    writeFileSync(zipped, gzipSync(readFileSync(path), { level: 1 }));
    print(`JSONL, fresh process      ${fresh(path, 'readHistory')}`);
    print(`gzip, fresh process       ${fresh(zipped, 'readHistory')}`);
    loadHistory(path, { cache: true });
    print(`columns, fresh process    ${fresh(path, 'loadHistory')}`);
    print(`JSONL, warm               ${figure(medianOf(() => elapsedMs(() => readHistory(path))))}`);
    print(`columns, warm             ${figure(medianOf(() => elapsedMs(() => loadHistory(path))))}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whole life of a process that loads the file and ends, and its greatest memory. */
function fresh(path: string, load: 'readHistory' | 'loadHistory'): string {
  const module = new URL('./index.js', import.meta.url).href;
  const script = `import { ${load} } from ${JSON.stringify(module)};
    ${load}(${JSON.stringify(path)});
    process.stdout.write(String(process.resourceUsage().maxRSS));`;
  let peakKilobytes = 0;
  const ms = medianOf(() =>
    elapsedMs(() => {
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
      peakKilobytes = Math.max(peakKilobytes, Number(output));
    }),
  );
  return `${figure(ms)}  peak ${megabytes(peakKilobytes * 1024)}`;
}

function record(path: string, operations: number): void {
  const recorder = openRecorder(path);
  for (const event of uniqueRegister(operations)) recorder.record(event);
  recorder.close();
}

/** Clients take turns at random; an operation takes effect when it completes. */
function* uniqueRegister(operations: number): Generator<HistoryEvent> {
  const random = xoroshiro128plus(1);
  const below = (n: number) => (random.next() >>> 0) % n;
  const open = new Array<HistoryEvent | undefined>(CLIENTS).fill(undefined);
  let register: Value = null;
  let written = 0;
  let timeNs = 0;
  for (let invoked = 0, completed = 0; completed < operations;) {
    const process = below(CLIENTS);
    const invocation = open[process];
    timeNs += below(50_000);
    if (invocation === undefined) {
      if (invoked++ >= operations) continue;
      const kind = below(10);
      const f = kind < 4 ? 'read' : kind < 7 ? 'write' : 'cas';
      const value = f === 'read' ? null : f === 'write' ? ++written : [register, ++written];
      yield (open[process] = { process, type: 'invoke', f, value, timeNs });
      continue;
    }
    completed++;
    open[process] = undefined;
    const { f, value } = invocation;
    const swapped = Array.isArray(value) && value[0] === register;
    const type = f === 'cas' && !swapped ? 'fail' : 'ok';
    if (f === 'write') register = value;
    else if (swapped) register = (value as Value[])[1] ?? null;
    yield { process, type, f, value: f === 'read' ? register : value, timeNs };
  }
}

function medianOf(measure: () => number): number {
  const figures = Array.from({ length: RUNS }, measure).sort((a, b) => a - b);
  return figures[Math.floor(figures.length / 2)] ?? 0;
}

function elapsedMs(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function figure(ms: number): string {
  return `${ms.toFixed(0).padStart(6)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
