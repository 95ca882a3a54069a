/**
 * The way to get a history of ours from disk: from the columns beside it if they can be trusted, else from the JSONL.
 */
import { readColumns, writeColumns } from './columns.ts';
import type { History } from './history.ts';
import { readHistory, type ReadOptions } from './jsonl.ts';
import { stampOf } from './stamp.ts';

export interface LoadOptions extends ReadOptions {
  /** Write columns where there are none, for the next time. A folder that cannot be written is no error. */
  readonly cache?: boolean;
}

/** Throws a `Problem` naming file and line. */
export function loadHistory(path: string, options: LoadOptions = {}): History {
  const cached = readColumns(path);
  if (cached !== undefined) return cached;
  if (options.cache !== true) return readHistory(path, options);
  const notices: string[] = [];
  const onNotice = (sentence: string) => {
    notices.push(sentence);
    options.onNotice?.(sentence);
  };
  // The stamp is taken first: should the file grow while it is read, the columns are stale and not wrong.
  const stamp = stampIfReadable(path);
  const history = readHistory(path, { onNotice });
  if (stamp !== undefined && notices.length === 0) {
    try {
      writeColumns(history, path, stamp);
    } catch {
      // Only a copy, and only for speed.
    }
  }
  return history;
}

function stampIfReadable(path: string) {
  try {
    return stampOf(path);
  } catch {
    return undefined;
  }
}
