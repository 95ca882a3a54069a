/**
 * From a file to a verdict, in a process of its own: what somebody waits for who has a history and a question.
 *
 * Generated registers (see bench-cases.ts), read as JSONL, and from the columns beside it. All of a process' life counts, Node's
 * own start too. Ten million operations take 1.5 GB of disk while they are judged.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadHistory, writeHistory } from '../history/index.ts';
import { CASES } from './bench-cases.ts';

interface FileCase {
  /** A name in CASES. */
  readonly name: string;
  readonly source: 'JSONL' | 'columns';
  readonly runs: number;
  readonly target: string;
}

const FILE_CASES: readonly FileCase[] = [
  { name: 'U 100k c50 1% bad', source: 'JSONL', runs: 7, target: '500' },
  { name: 'U 1M c5', source: 'JSONL', runs: 5, target: '800, 400 MB' },
  { name: 'U 1M c5', source: 'columns', runs: 5, target: '400' },
  { name: 'U 1M c5 bad', source: 'JSONL', runs: 5, target: '800, 400 MB' },
  { name: 'U 10M c5', source: 'JSONL', runs: 1, target: '8000, 2000 MB' },
];

/** What a process took. */
interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakBytes: number;
}

/** Writes, judges and removes each file, and prints a table: medians; the peak is the largest. Takes two minutes. */
export function benchFiles(print: (line: string) => void): void {
  print(row('file', 'cpu ms', 'wall ms', 'peak MB', 'target: cpu'));
  for (const each of FILE_CASES) {
    const folder = mkdtempSync(join(tmpdir(), 'ordeal-bench-'));
    const path = join(folder, 'history.jsonl');
    try {
      write(each.name, path);
      if (each.source === 'columns') loadHistory(path, { cache: true });
      const costs = Array.from({ length: each.runs }, () => judgeFresh(path, each.source));
      const medianOf = (figure: (cost: Cost) => number) =>
        costs.map(figure).toSorted((a, b) => a - b)[costs.length >>> 1] ?? NaN;
      const peak = Math.max(...costs.map(({ peakBytes }) => peakBytes));
      const figures = [medianOf(({ cpuMs }) => cpuMs), medianOf(({ wallMs }) => wallMs), peak / 1e6];
      const size = `${(statSync(path).size / 1e6).toFixed(0)} MB`;
      print(row(`${each.name}, ${each.source}, ${size}`, ...figures.map((figure) => figure.toFixed(0)), each.target));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

function write(name: string, path: string): void {
  const found = CASES.find((candidate) => candidate.name === name);
  if (!found) throw new RangeError(`no case named ${name}`);
  writeHistory(found.history(), path);
}

function judgeFresh(path: string, source: FileCase['source']): Cost {
  const urlOf = (module: string) => JSON.stringify(new URL(module, import.meta.url).href);
  const load = source === 'columns' ? 'loadHistory' : 'readAnyHistory';
  const script = `import { ${load} } from ${urlOf('../history/index.js')};
    import { check } from ${urlOf('./linearizability/index.js')};
    check(${load}(${JSON.stringify(path)}), {}, { budgetMs: 60000, memoryBytes: 2 ** 30 });
    const { user, system } = process.cpuUsage();
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000, peakBytes }));`;
  const startMs = performance.now();
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const wallMs = performance.now() - startMs;
  return { ...(JSON.parse(output) as Omit<Cost, 'wallMs'>), wallMs };
}

function row(name: string, ...figures: readonly string[]): string {
  const [cpu = '', wall = '', peak = '', target = ''] = figures;
  return `${name.padEnd(34)} ${cpu.padStart(8)} ${wall.padStart(8)} ${peak.padStart(8)}   ${target}`;
}
