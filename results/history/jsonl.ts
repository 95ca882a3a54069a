/**
 * history.jsonl to columns and back.
 *
 * Loading takes longer than checking, so lines in the shape that we write are read byte by byte straight into columns;
 * any other line of JSON takes the exact way over a parsed object. Both give the same history.
 */
import { HistoryBuilder } from './builder.ts';
import { eventFromJson } from './event-json.ts';
import type { History } from './history.ts';
import { parseJson } from './json.ts';
import { LineScanner } from './line-scanner.ts';
import { formatLine } from './line.ts';
import { writeLines } from './lines-file.ts';
import { excerpt, Malformed, malformedLine } from './malformed.ts';
import { eventsOf } from './operation.ts';
import { openSource, type Source, sourceOf } from './source.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const LINE_FEED = 10;

export interface ReadOptions {
  /** Hears of what was tolerated: a last line that was cut off when the controller was killed. */
  readonly onNotice?: (sentence: string) => void;
  /** How much is read at a time; 4 MiB unless told. */
  readonly chunkBytes?: number;
}

/** Reads a history file; gzip and (where Node has it) zstd too. Throws a `Problem` naming file and line. */
export function readHistory(path: string, options: ReadOptions = {}): History {
  const source = openSource(path);
  try {
    return new JsonlReader(path, source, options).read();
  } finally {
    source.close();
  }
}

/** The same for bytes in memory; `file` is named in errors. */
export function parseHistory(file: string, bytes: Uint8Array, options: ReadOptions = {}): History {
  return new JsonlReader(file, sourceOf(bytes), options).read();
}

/** Writes a history as JSONL, replacing the file. */
export function writeHistory(history: History, path: string): void {
  writeLines(path, jsonLines(history));
}

/** Its lines, without line feeds, one an event. */
export function* jsonLines(history: History): Generator<string> {
  for (const event of eventsOf(history)) yield formatLine(event);
}

class JsonlReader {
  readonly #path: string;
  readonly #source: Source;
  readonly #builder: HistoryBuilder;
  readonly #scanner: LineScanner;
  readonly #notice: (sentence: string) => void;
  readonly #chunkBytes: number;

  constructor(path: string, source: Source, options: ReadOptions) {
    this.#path = path;
    this.#source = source;
    // Two events to an operation, hardly a line below 60 bytes.
    this.#builder = new HistoryBuilder({ file: path, expected: Math.ceil(source.size / 130) });
    this.#scanner = new LineScanner(this.#builder);
    this.#notice = options.onNotice ?? (() => undefined);
    this.#chunkBytes = options.chunkBytes ?? CHUNK_BYTES;
  }

  read(): History {
    const { whole } = this.#source;
    if (whole !== undefined) this.#last(whole, this.#lines(whole, byteOrderMark(whole), whole.length));
    else this.#chunks();
    return this.#builder.finish();
  }

  #chunks(): void {
    // One byte more than is ever filled: a zero there stops the scanner without a check for the end at every byte.
    let buffer = new Uint8Array(Math.min(this.#chunkBytes, this.#source.size + 1) + 1);
    let filled = 0;
    for (let first = true; ; first = false) {
      const n = this.#source.read(buffer.subarray(0, buffer.length - 1), filled);
      filled += n;
      buffer[filled] = 0;
      const rest = this.#lines(buffer, first ? byteOrderMark(buffer) : 0, filled);
      if (n === 0) {
        this.#last(buffer.subarray(0, filled), rest);
        return;
      }
      buffer.copyWithin(0, rest, filled);
      filled -= rest;
      if (filled === buffer.length - 1) buffer = this.#larger(buffer);
    }
  }

  #larger(buffer: Uint8Array): Uint8Array<ArrayBuffer> {
    if (buffer.length > MAX_LINE_BYTES) {
      throw malformedLine(this.#path, this.#builder.line + 1, 'expected a line of at most 256 MiB');
    }
    const larger = new Uint8Array(buffer.length * 2);
    larger.set(buffer);
    return larger;
  }

  /** Takes all whole lines and returns where the unfinished one begins. */
  #lines(bytes: Uint8Array, from: number, end: number): number {
    const scanner = this.#scanner;
    let at = from;
    while (at < end) {
      at = scanner.scan(bytes, at, end);
      if (at >= end) break;
      const lineEnd = bytes.indexOf(LINE_FEED, at);
      if (lineEnd < 0 || lineEnd >= end) break;
      this.#line(bytes, at, lineEnd);
      at = lineEnd + 1;
    }
    return at;
  }

  /** The exact way. */
  #line(bytes: Uint8Array, start: number, end: number): void {
    const builder = this.#builder;
    if (isBlank(bytes, start, end)) {
      builder.line++;
      return;
    }
    try {
      const event = eventFromJson(parseJson(bytes, start, end), builder.events);
      if ('expected' in event) throw new Malformed(start, event.expected);
      builder.add(event);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      const found = excerpt(bytes.subarray(0, end), error.at);
      const column = error.at - start + 1;
      const message = `expected ${error.expected}, found ${found} (byte ${column} of the line)`;
      throw malformedLine(this.#path, builder.line + 1, message);
    }
  }

  /** What follows the last line feed: an event, nothing, or what a killed controller could still write of one. */
  #last(bytes: Uint8Array, start: number): void {
    if (isBlank(bytes, start, bytes.length)) return;
    const line = this.#builder.line + 1;
    try {
      parseJson(bytes, start);
    } catch (error) {
      if (!(error instanceof Malformed && error.cut) || line === 1) {
        this.#line(bytes, start, bytes.length);
        return;
      }
      this.#notice(`${this.#path}:${line}: the last line is cut off and was left out.`);
      return;
    }
    this.#line(bytes, start, bytes.length);
  }
}

function byteOrderMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c !== 32 && c !== 9 && c !== 13) return false;
  }
  return true;
}
