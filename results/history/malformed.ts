/**
 * What a parser says of text it cannot take: where, and what should have stood there.
 *
 * Parsers know bytes, not files. Whoever opened the file turns this into a `Problem` with file and line.
 */
import { Problem } from '../problem.ts';

export class Malformed extends Error {
  override readonly name = 'Malformed';
  /** Offset in bytes, within what the parser was given. */
  readonly at: number;
  readonly expected: string;
  /** All is well as far as it goes: the bytes end too early. */
  readonly cut: boolean;

  constructor(at: number, expected: string, cut = false) {
    super(`expected ${expected} at byte ${at}`);
    this.at = at;
    this.expected = expected;
    this.cut = cut;
  }
}

/** A short look at the bytes that were found instead, for an error message; control characters are shown as `?`. */
export function excerpt(bytes: Uint8Array, at: number): string {
  if (at >= bytes.length) return 'the end of the file';
  const line = bytes.indexOf(10, at);
  const end = Math.min(line < 0 ? bytes.length : line, at + 40);
  const text = printable(Buffer.from(bytes.subarray(at, end)).toString('utf8'));
  return text === '' ? 'the end of the line' : `\`${text}${end === at + 40 ? '...' : ''}\``;
}

/** The error for a line of a history that cannot be used. */
export function malformedLine(file: string, line: number, message: string): Problem {
  return new Problem(`${file}:${line}: ${printable(message)}`, REMEDY);
}

/** The error for bytes that cannot be used, in a file held in memory whole. */
export function malformedBytes(file: string, bytes: Uint8Array, { at, expected }: Malformed): Problem {
  let line = 1;
  for (let i = bytes.indexOf(10); i >= 0 && i < at; i = bytes.indexOf(10, i + 1)) line++;
  return malformedLine(file, line, `expected ${expected}, found ${excerpt(bytes, at)}`);
}

function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, '?');
}

const REMEDY = 'Nothing was judged. Mend that line, or record or export the history again.';
