/**
 * How fast the checkers are: seeded histories, judged, in a table beside the targets.
 *
 * Processor time in ms, for machines are not quiet: `first` of the first call in a fresh process, `warm` the median of later
 * ones in this one; `wall` is what those took by the clock. A bad history's time includes its explanation.
 */
import { spawnSync } from 'node:child_process';
import type { History } from '../history/index.ts';
import type { Verdict } from '../verdict.ts';
import { type Case, CASES } from './bench-cases.ts';
import { check } from './linearizability/index.ts';

export { benchFiles } from './files-bench.ts';

const LIMITS = { budgetMs: 30_000, memoryBytes: 2 ** 30 };
/** Repeats stop after this long. */
const PATIENCE_MS = 2000;

/** Judges every case whose name contains `filter` and prints a table. Takes a few minutes. */
export function benchCheckers(print: (line: string) => void, filter = ''): void {
  print(row('history', 'verdict', 'first', 'warm', 'wall', 'target: warm (first)', 'algorithm'));
  for (const each of CASES.filter(({ name }) => name.includes(filter))) {
    const history = each.history();
    const first = judge(each, history);
    const firstMs = firstCallMs(each.name) ?? NaN;
    const wall: number[] = [];
    const warm: number[] = [];
    const start = performance.now();
    while (warm.length < 9 && (warm.length < 1 || performance.now() - start < PATIENCE_MS)) {
      const before = process.cpuUsage();
      wall.push(judge(each, history).checker.durationMs);
      warm.push(cpuMsSince(before));
    }
    const { target } = each;
    const targets = target.first === undefined ? `${target.warm ?? ''}` : `${target.warm ?? ''} (${target.first})`;
    const algorithms = Object.keys(first.checker.algorithms ?? {}).join('+');
    const figures = [firstMs, median(warm), median(wall)].map(figure);
    print(row(each.name, first.judgement, ...figures, targets, algorithms));
  }
}

const judge = ({ model }: Case, history: History): Verdict => check(history, { model }, LIMITS);

/** Of a case, in a process of its own; undefined where this module is not compiled. */
function firstCallMs(name: string): number | undefined {
  if (!import.meta.filename.endsWith('.js')) return undefined;
  const { stdout } = spawnSync(process.execPath, [import.meta.filename, '--first', name], { encoding: 'utf8' });
  return Number(stdout);
}

function printFirstCall(name: string): void {
  const each = CASES.find((candidate) => candidate.name === name);
  if (!each) throw new RangeError(`no case named ${name}`);
  const history = each.history();
  const before = process.cpuUsage();
  judge(each, history);
  process.stdout.write(String(cpuMsSince(before)));
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function figure(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}

function row(name: string, ...columns: readonly string[]): string {
  const [verdict = '', first = '', warm = '', wall = '', target = '', algorithm = ''] = columns;
  const figures = `${first.padStart(9)} ${warm.padStart(9)} ${wall.padStart(9)}   ${target.padEnd(20)}`;
  return `${name.padEnd(24)} ${verdict.padEnd(8)} ${figures} ${algorithm}`;
}

if (process.argv[1] === import.meta.filename) {
  const [filter, name] = process.argv.slice(2);
  if (filter === '--first') printFirstCall(name ?? '');
  else benchCheckers((line) => void process.stdout.write(`${line}\n`), filter);
}
