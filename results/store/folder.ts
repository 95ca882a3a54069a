/**
 * A run's folder, and the folder of all runs.
 *
 *     runs/<date>/<hhmm>-<target>-<workload>-<nemesis>-<seed>/   run.json, history.jsonl, verdict.json, summary.json,
 *                                                               nodes/<node>.log, report.html
 *     runs/index.jsonl      one summary a line, can be rebuilt from the folders
 *     runs/latest           a link to the last run
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Problem } from '../problem.ts';
import type { Verdict } from '../verdict.ts';
import type { RunInfo } from './run-info.ts';
import { type Summary, summarize } from './summary.ts';

export const HISTORY_FILE = 'history.jsonl';

/** A free id for a run that starts now: `2026-11-22/0201-etcd-register-partition-7f3a`. UTC. */
export function freshRunId(runs: string, startedAt: Date, parts: readonly string[]): string {
  const [date = '', time = ''] = startedAt.toISOString().split('T');
  const name = [time.slice(0, 5).replace(':', ''), ...parts].join('-').replace(/[^\w.+-]/g, '_');
  const ids = [name, ...Array.from({ length: 999 }, (_, n) => `${name}-${n + 2}`)].map((free) => `${date}/${free}`);
  const id = ids.find((free) => !existsSync(join(runs, free)));
  if (id === undefined)
    throw new Problem(`${runs} holds a thousand runs named ${name}.`, 'Name another folder with --out.');
  return id;
}

/** Makes the folder, writes run.json and points `latest` to it. Returns the folder's path. */
export function createRunFolder(runs: string, info: RunInfo): string {
  const folder = join(runs, info.id);
  try {
    mkdirSync(join(folder, 'nodes'), { recursive: true });
  } catch (cause) {
    throw new Problem(
      `${folder} cannot be created: ${String(cause)}`,
      'Name a folder that can be written with --out.',
      { cause },
    );
  }
  writeRunInfo(folder, info);
  const latest = join(runs, 'latest');
  rmSync(latest, { force: true });
  symlinkSync(info.id, latest);
  return folder;
}

export function writeRunInfo(folder: string, info: RunInfo): void {
  writeWhole(join(folder, 'run.json'), info);
}

export function readRunInfo(folder: string): RunInfo {
  const path = join(folder, 'run.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunInfo;
  } catch (cause) {
    throw new Problem(`${path} cannot be read: ${String(cause)}`, 'Name the folder of a run; `ordeal ls` lists them.', {
      cause,
    });
  }
}

/** Writes verdict.json and summary.json, and adds the run's line to the index of the runs folder. */
export function writeVerdict(folder: string, info: RunInfo, verdict: Verdict): void {
  writeWhole(join(folder, 'verdict.json'), verdict);
  const summary = summarize(info, verdict);
  writeWhole(join(folder, 'summary.json'), summary);
  const runs = join(folder, ...info.id.split('/').map(() => '..'));
  appendFileSync(join(runs, 'index.jsonl'), JSON.stringify(summary) + '\n');
}

/** Each run's last summary, in order of their start. */
export function readIndex(runs: string): Summary[] {
  const path = join(runs, 'index.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  const byId = new Map(lines.flatMap((line) => parseSummary(line)).map((summary) => [summary.id, summary]));
  return [...byId.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** A line that a killed controller left unfinished is no summary. */
function parseSummary(line: string): Summary[] {
  try {
    return [JSON.parse(line) as Summary];
  } catch {
    return [];
  }
}

/** The folder as a person would like to read it: relative where that is shorter. */
export function shownPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length && !near.startsWith('..') ? near : path;
}

/** All or nothing: a reader never sees half a file. */
function writeWhole(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, JSON.stringify(value, bigintAsText, 2) + '\n');
  renameSync(`${path}.part`, path);
}

/** JSON has no bigint; in a verdict it is only shown, so its digits will do. */
function bigintAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
