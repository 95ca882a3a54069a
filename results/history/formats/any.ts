/**
 * A history in whatever format it is, told by its content and never by its name.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../problem.ts';
import type { History } from '../history.ts';
import { parseHistory, type ReadOptions } from '../jsonl.ts';
import { loadHistory } from '../load.ts';
import { openSource, readSource } from '../source.ts';
import { parseElle } from './elle.ts';
import { parseEtcd } from './etcd.ts';
import { parseJepsenLog } from './jepsen-log.ts';
import { parseJepsen } from './jepsen.ts';
import { type KeyedOptions, splitHistory } from './keyed.ts';

export type Format = 'jsonl' | 'jepsen' | 'jepsen-log' | 'elle' | 'etcd';

export interface AnyOptions extends ReadOptions, KeyedOptions {
  /** Taken instead of what the content looks like. */
  readonly format?: Format;
}

/**
 * Reads a file of any format, the folder of a run, or the report folder of an etcd robustness test. Throws a `Problem`
 * naming file and line.
 */
export function readAnyHistory(path: string, options: AnyOptions = {}): History {
  if (isFolder(path)) return readFolder(path, options);
  const format = options.format ?? detect(path);
  if (format === 'jsonl') return splitHistory(path, loadHistory(path, options), options);
  return parseAs(format, path, readSource(path), options);
}

/** The same for bytes in memory; `file` is named in errors. */
export function parseAnyHistory(file: string, bytes: Uint8Array, options: AnyOptions = {}): History {
  const format = options.format ?? formatOf(headText(bytes));
  if (format === undefined) throw unknownFormat(file);
  return parseAs(format, file, bytes, options);
}

function parseAs(format: Format, file: string, bytes: Uint8Array, options: AnyOptions): History {
  switch (format) {
    case 'jsonl':
      return splitHistory(file, parseHistory(file, bytes, options), options);
    case 'jepsen':
      return parseJepsen(file, bytes, options);
    case 'jepsen-log':
      return parseJepsenLog(file, bytes, options);
    case 'elle':
      return parseElle(file, bytes, options);
    case 'etcd':
      return parseEtcd([{ path: file, bytes }], options);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Whatever is wrong with it, opening it says so.
    return false;
  }
}

function readFolder(path: string, options: AnyOptions): History {
  for (const name of ['history.jsonl', 'history.edn']) {
    if (existsSync(join(path, name))) return readAnyHistory(join(path, name), options);
  }
  const clients = readdirSync(path)
    .filter((name) => name.startsWith('client-'))
    .map((name) => join(path, name, 'operations.json'))
    .filter((file) => existsSync(file));
  if (clients.length > 0)
    return parseEtcd(
      clients.map((file) => ({ path: file, bytes: readSource(file) })),
      options,
    );
  throw new Problem(`${path} holds no history.jsonl, history.edn or client-*/operations.json`, 'Name a history file.');
}

const HEAD_BYTES = 64 * 1024;

function detect(path: string): Format {
  const source = openSource(path);
  try {
    const buffer = new Uint8Array(HEAD_BYTES);
    const head = source.whole ?? buffer.subarray(0, source.read(buffer, 0));
    const format = formatOf(headText(head));
    if (format === undefined) throw unknownFormat(path);
    return format;
  } finally {
    source.close();
  }
}

function headText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES)).toString('latin1');
}

function unknownFormat(file: string): Problem {
  return new Problem(
    `${file} is no history in a format that is known`,
    "Known are our JSONL, Jepsen's history.edn and logs, elle-cli's JSON, Porcupine's key-value text and etcd's operations.json.",
  );
}

/** Told by how it begins; an empty file is an empty history. */
function formatOf(head: string): Format | undefined {
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (text === '') return 'jsonl';
  if (/^\{\s*"Client(?:Id|ID)"/.test(text)) return 'etcd';
  if (/^\{\s*"/.test(text)) return 'jsonl';
  if (/^\[\s*(?:\{\s*"|\]\s*$)/.test(text)) return 'elle';
  if (/^(?:[[({]|#|;)/.test(text)) return 'jepsen';
  const isLog = /^(?:\d+|:nemesis)\s+:(?:invoke|ok|fail|info)\s/.test(text) || /jepsen\.\w+(?:\s+-|:)\s/.test(text);
  return isLog ? 'jepsen-log' : undefined;
}
