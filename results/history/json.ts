/**
 * JSON values, exactly: integers above 2^53 come in and go out as they are.
 *
 * `JSON.parse` rounds them, so a history of another tool would be judged by values it does not hold. Nesting is bounded,
 * text must be valid UTF-8 (two different invalid strings must not become one), and every error names its byte.
 */
import { isUtf8 } from 'node:buffer';
import type { Value } from './event.ts';
import { Malformed } from './malformed.ts';

const MAX_DEPTH = 256;
/** Digits of the longest integer that is read: V8 takes quadratic time for them. */
const MAX_DIGITS = 4096;

/** Parses the one JSON value in `bytes[start, end)`, with white space around it. Throws `Malformed`. */
export function parseJson(bytes: Uint8Array, start = 0, end = bytes.length): Value {
  const parser = new JsonParser(bytes, start, end);
  const value = parser.value(0);
  parser.space();
  if (parser.at < end) throw new Malformed(parser.at, 'nothing more after the value');
  return value;
}

/** Parses JSON values that stand one after another, separated by white space or nothing. Throws `Malformed`. */
export function* parseJsonSequence(bytes: Uint8Array): Generator<{ value: Value; at: number }> {
  const parser = new JsonParser(bytes, 0, bytes.length);
  for (;;) {
    parser.space();
    const at = parser.at;
    if (at >= bytes.length) return;
    yield { value: parser.value(0), at };
  }
}

/** Parses the elements of the one array in `bytes`, each with its byte. Throws `Malformed`. */
export function* parseJsonElements(bytes: Uint8Array): Generator<{ value: Value; at: number }> {
  const parser = new JsonParser(bytes, 0, bytes.length);
  parser.take(0x5b, 'a JSON array');
  parser.space();
  if (!parser.skip(0x5d)) {
    do {
      parser.space();
      const at = parser.at;
      yield { value: parser.value(0), at };
      parser.space();
    } while (parser.skip(COMMA));
    parser.take(0x5d, '`,` or `]`');
  }
  parser.space();
  if (parser.at < bytes.length) throw new Malformed(parser.at, 'nothing more after the array');
}

/** The JSON text of a value. Throws on what JSON cannot say (NaN, infinity, a function). */
export function stringifyJson(value: Value): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} cannot stand in a history: JSON has no such number`);
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? String(BigInt(value)) : String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      return isList(value) ? `[${value.map(element).join(',')}]` : `{${members(value).join(',')}}`;
    default:
      throw new TypeError(`a ${typeof value} cannot stand in a history: ${String(value)}`);
  }
}

/** `Array.isArray` that narrows read-only arrays. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The number that stands for an integer everywhere: bigint exactly if a double could have rounded it. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function element(value: Value | undefined): string {
  return stringifyJson(value ?? null);
}

function members(value: { readonly [name: string]: Value | undefined }): string[] {
  const texts: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) texts.push(`${JSON.stringify(name)}:${stringifyJson(member)}`);
  }
  return texts;
}

class JsonParser {
  at: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = start;
    this.#end = end;
  }

  space(): void {
    while (this.at < this.#end) {
      const c = this.#bytes[this.at]!;
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
      this.at++;
    }
  }

  /** Takes one byte if it is there. */
  skip(c: number): boolean {
    if (this.#peek() !== c) return false;
    this.at++;
    return true;
  }

  /** Takes one byte that must be there, after white space. */
  take(c: number, expected: string): void {
    this.space();
    if (!this.skip(c)) throw this.#unexpected(expected);
  }

  value(depth: number): Value {
    this.space();
    if (depth > MAX_DEPTH) throw new Malformed(this.at, `at most ${MAX_DEPTH} levels of nesting`);
    const c = this.#peek();
    if (c === QUOTE) return this.#string();
    if (c === 0x7b) return this.#object(depth);
    if (c === 0x5b) return this.#array(depth);
    if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return this.#number();
    if (c === 0x74) return this.#word('true', true);
    if (c === 0x66) return this.#word('false', false);
    if (c === 0x6e) return this.#word('null', null);
    throw this.#unexpected('a JSON value');
  }

  #peek(): number {
    return this.at < this.#end ? this.#bytes[this.at]! : -1;
  }

  #unexpected(expected: string): Malformed {
    return new Malformed(this.at, expected, this.at >= this.#end);
  }

  #word<T>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++) {
      const cut = this.at + i >= this.#end;
      if (cut || this.#bytes[this.at + i] !== word.charCodeAt(i)) throw new Malformed(this.at, `\`${word}\``, cut);
    }
    this.at += word.length;
    return value;
  }

  #array(depth: number): Value[] {
    const values: Value[] = [];
    this.at++;
    this.space();
    if (this.skip(0x5d)) return values;
    do {
      values.push(this.value(depth + 1));
      this.space();
    } while (this.skip(COMMA));
    this.take(0x5d, '`,` or `]`');
    return values;
  }

  #object(depth: number): Value {
    // Entries, not assignments: a member named __proto__ is a member like any other.
    const entries: [string, Value][] = [];
    this.at++;
    this.space();
    if (this.skip(0x7d)) return {};
    do {
      this.space();
      if (this.#peek() !== QUOTE) throw this.#unexpected('a member name in quotes');
      const name = this.#string();
      this.take(0x3a, '`:`');
      entries.push([name, this.value(depth + 1)]);
      this.space();
    } while (this.skip(COMMA));
    this.take(0x7d, '`,` or `}`');
    return Object.fromEntries(entries);
  }

  #string(): string {
    const bytes = this.#bytes;
    const start = this.at;
    let plain = true;
    let ascii = true;
    let i = start + 1;
    for (; ; i++) {
      if (i >= this.#end) throw new Malformed(start, 'a string with a closing quote', true);
      const c = bytes[i]!;
      if (c === QUOTE) break;
      if (c < 32) throw new Malformed(i, 'no control character inside a string');
      if (c >= 128) ascii = false;
      if (c === 0x5c) {
        plain = false;
        i++;
      }
    }
    this.at = i + 1;
    if (!ascii && !isUtf8(bytes.subarray(start, i))) throw new Malformed(start, 'a string in valid UTF-8');
    if (plain) return ascii ? bytes.toString('latin1', start + 1, i) : bytes.toString('utf8', start + 1, i);
    try {
      return JSON.parse(bytes.toString('utf8', start, i + 1)) as string;
    } catch {
      throw new Malformed(start, 'a string whose escapes are those of JSON');
    }
  }

  #number(): number | bigint {
    const start = this.at;
    let i = start;
    for (; i < this.#end; i++) {
      const c = this.#bytes[i]!;
      // digits + - . e E
      if (!((c >= 0x30 && c <= 0x39) || c === 0x2b || c === 0x2d || c === 0x2e || c === 0x65 || c === 0x45)) break;
    }
    const length = i - start;
    if (length > MAX_DIGITS) throw new Malformed(start, `a number of at most ${MAX_DIGITS} digits`);
    const text = this.#bytes.toString('latin1', start, i);
    const parts = NUMBER.exec(text);
    if (parts === null) throw new Malformed(start, 'a number as JSON writes it', i >= this.#end);
    this.at = i;
    if (parts[1] === undefined) return length <= 15 ? Number(text) + 0 : exactInteger(BigInt(text));
    const value = Number(text);
    if (!Number.isFinite(value)) throw new Malformed(start, 'a number that a double can hold');
    return Number.isInteger(value) ? exactInteger(BigInt(value)) : value;
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
/** Group 1 is present where the number is not written as a plain integer. */
const NUMBER = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)?$/;
