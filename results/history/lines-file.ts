/** Text files of many lines, written in large pieces. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Problem } from '../problem.ts';

const PIECE_CHARACTERS = 1 << 20;

/** Writes the lines, each ended by a line feed, replacing the file. Throws a `Problem` if the disk refuses. */
export function writeLines(path: string, lines: Iterable<string>): void {
  const fd = refused(path, () => openSync(path, 'w'));
  try {
    let piece = '';
    for (const line of lines) {
      piece += line + '\n';
      if (piece.length < PIECE_CHARACTERS) continue;
      append(path, fd, piece);
      piece = '';
    }
    append(path, fd, piece);
  } finally {
    closeSync(fd);
  }
}

function append(path: string, fd: number, text: string): void {
  const bytes = Buffer.from(text);
  refused(path, () => {
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
  });
}

function refused<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw new Problem(`${path} cannot be written: ${String(cause)}`, 'Name a folder with room that can be written.', {
      cause,
    });
  }
}
