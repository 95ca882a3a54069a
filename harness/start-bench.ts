/** From `ordeal run` with a warm image to the first ok operation of a five-node cluster, as a user would wait for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OK, readHistory, readRunInfo } from '../results/index.ts';

const RUNS = 7;

export async function benchFirstOperation(print: (line: string) => void): Promise<void> {
  await firstOkSeconds();
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run++) seconds.push(await firstOkSeconds());
  seconds.sort((a, b) => a - b);
  const [shown = 0, least = 0, most = 0] = [seconds[RUNS >> 1], seconds[0], seconds.at(-1)];
  print(`ordeal run etcd, five nodes, warm image: first ok operation after ${shown.toFixed(2)} s`);
  print(`  (median of ${RUNS} runs; ${least.toFixed(2)} to ${most.toFixed(2)} s; goal 5 s)`);
}

/** Seconds from the start of the process to the completion of its first ok operation. */
async function firstOkSeconds(): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), 'ordeal-bench-'));
  try {
    const ordeal = fileURLToPath(new URL('./cli/main.js', import.meta.url));
    const begunMs = Date.now();
    const child = spawn(process.execPath, [ordeal, 'run', 'etcd', '-n', 'none', '--time', '1s', '--out', out], {
      stdio: 'ignore',
    });
    const [code] = (await once(child, 'exit')) as [number];
    if (code !== 0) throw new Error(`the run ended with exit code ${code}`);
    const folder = join(out, 'latest');
    const history = readHistory(join(folder, 'history.jsonl'));
    const firstNs = history.completeNs.filter((_, row) => history.outcome[row] === OK).reduce((a, b) => Math.min(a, b));
    return (Date.parse(readRunInfo(folder).startedAt) - begunMs + firstNs / 1e6) / 1000;
  } finally {
    rmSync(out, { recursive: true });
  }
}
