/**
 * What `ordeal check` is to judge: runs, histories, and whatever lies below a folder.
 *
 * A run's folder stands for itself, and so does the report of an etcd robustness test, whose clients' files are one history.
 * Of any other folder it is each file below it, hidden ones and copies for speed left out. What cannot be looked into is found
 * too, with the reason: it must not be passed over in silence.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../results/index.ts';
import { UsageProblem } from './exit.ts';

export interface Found {
  readonly path: string;
  readonly kind: 'run' | 'history';
  /** Why it cannot even be looked at. */
  readonly problem?: Problem;
}

/** Throws a `UsageProblem` where there is nothing. */
export function historiesAt(path: string): readonly Found[] {
  if (!existsSync(path)) throw new UsageProblem(`${path} does not exist.`, "Name a run's folder or a history file.");
  const found = look(path);
  if (found.length === 0) throw new UsageProblem(`${path} holds no file.`, "Name a run's folder or a history file.");
  return found;
}

function look(path: string): Found[] {
  try {
    if (!statSync(path).isDirectory()) return [{ path, kind: 'history' }];
    if (existsSync(join(path, 'run.json'))) return [{ path, kind: 'run' }];
    return below(path);
  } catch (cause) {
    const problem = new Problem(`${path} cannot be read: ${String(cause)}`, 'Make it readable, or name another.', {
      cause,
    });
    return [{ path, kind: 'history', problem }];
  }
}

function below(folder: string): Found[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const holds = (name: string, file: string) => name.startsWith('client-') && existsSync(join(folder, name, file));
  const clients = entries.filter(({ name }) => holds(name, 'operations.json'));
  const isClient = (name: string) =>
    clients.length > 0 && (holds(name, 'operations.json') || holds(name, 'watch.json'));
  const others = entries.filter(({ name }) => !isClient(name) && !PASSED_OVER.test(name));
  return [
    ...(clients.length > 0 ? [{ path: folder, kind: 'history' } as const] : []),
    ...others.flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) return isFolder(path) ? [] : look(path);
      return entry.isDirectory() || entry.isFile() ? look(path) : [];
    }),
  ];
}

const PASSED_OVER = /^\.|\.columns$/;

/** A link to a folder leads to what is found elsewhere, or round in a circle. */
function isFolder(link: string): boolean {
  return statSync(link, { throwIfNoEntry: false })?.isDirectory() === true;
}
