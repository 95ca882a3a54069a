/**
 * Reads the folder of one run: what is there, and what is missing said in its place.
 *
 * A run whose controller was killed has no verdict.json, and a foreign history may have no run.json; both still deserve
 * a report, so only a missing history is a problem.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loadHistory, type History } from '../history/index.ts';
import { Problem } from '../problem.ts';
import type { RunInfo } from '../store/index.ts';
import type { Verdict } from '../verdict.ts';

export interface RunFolder {
  readonly info: RunInfo | null;
  /** The folder's own name, for a run without run.json. */
  readonly name: string;
  readonly history: History;
  readonly verdict: Verdict | null;
  readonly logs: readonly NodeLog[];
}

export interface NodeLog {
  readonly node: string;
  readonly text: string;
}

export async function readRunFolder(folder: string): Promise<RunFolder> {
  const historyPath = join(folder, 'history.jsonl');
  if (!existsSync(historyPath)) {
    throw new Problem(`There is no history.jsonl in ${folder}.`, 'Name the folder of a run; `ordeal ls` lists them.');
  }
  const history = loadHistory(historyPath);
  const [info, verdict, logs] = await Promise.all([
    readJson<RunInfo>(join(folder, 'run.json')),
    readJson<Verdict>(join(folder, 'verdict.json')),
    readLogs(join(folder, 'nodes')),
  ]);
  return { info, name: basename(folder), history, verdict, logs };
}

async function readJson<T>(path: string): Promise<T | null> {
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (cause) {
    throw new Problem(`${path} is not JSON.`, 'Judge the run again with `ordeal check`.', { cause });
  }
}

/** `nodes/n1.log` is the log of n1; so is every file in `nodes/n1/`, under the name `n1/<file>`. */
async function readLogs(folder: string): Promise<NodeLog[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.log'));
  const byNumber = new Intl.Collator('en', { numeric: true });
  return Promise.all(
    names
      .sort((a, b) => byNumber.compare(a, b))
      .map(async (name) => ({ node: name.slice(0, -'.log'.length), text: await readFile(join(folder, name), 'utf8') })),
  );
}
