/**
 * Writes a history while it happens, so that a killed controller leaves what it has seen.
 *
 * Lines are gathered in memory and appended, in order and synchronously, when 64 KiB are full or 250 ms have passed: from
 * then on they are with the operating system and survive our end.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Problem } from '../problem.ts';
import type { HistoryEvent } from './event.ts';
import { formatLine } from './line.ts';

const FLUSH_MS = 250;
const FLUSH_CHARACTERS = 64 * 1024;

export interface Recorder {
  /** Appends an event and returns its index. Throws a `Problem` if the disk refused what came before. */
  record(event: HistoryEvent): number;
  /** Hands all that was recorded to the operating system. */
  flush(): void;
  /** Flushes and closes; more than once does nothing more. */
  close(): void;
}

/** Starts a new history file; it must not exist yet. */
export function openRecorder(path: string): Recorder {
  return new FileRecorder(path);
}

class FileRecorder implements Recorder {
  readonly #path: string;
  readonly #fd: number;
  readonly #timer: NodeJS.Timeout;
  #pending = '';
  #count = 0;
  #closed = false;
  #failure: Problem | undefined;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#fd = openSync(path, 'wx');
    } catch (cause) {
      throw new Problem(
        `${path} cannot be created: ${String(cause)}`,
        'Name a folder that can be written, without a history in it.',
        { cause },
      );
    }
    this.#timer = setInterval(() => this.#append(), FLUSH_MS);
    this.#timer.unref();
  }

  record(event: HistoryEvent): number {
    if (this.#closed) throw new Error(`event ${this.#count} recorded after ${this.#path} was closed`);
    this.#throwFailure();
    this.#pending += formatLine(event) + '\n';
    if (this.#pending.length >= FLUSH_CHARACTERS) this.flush();
    return this.#count++;
  }

  flush(): void {
    this.#append();
    this.#throwFailure();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#append();
    closeSync(this.#fd);
    this.#throwFailure();
  }

  /** Keeps a failure for the next caller, since the timer has none; after one nothing more is written, lest there be a gap. */
  #append(): void {
    if (this.#pending === '' || this.#failure !== undefined) return;
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written);
    } catch (cause) {
      this.#failure = new Problem(
        `${this.#path} cannot be written: ${String(cause)}`,
        'Make room on the disk and run again.',
        { cause },
      );
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
