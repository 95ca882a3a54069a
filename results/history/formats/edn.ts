/**
 * EDN, the notation in which Jepsen writes its histories (https://github.com/edn-format/edn).
 *
 * Only reading; what is read keeps EDN's distinctions (a keyword is no string), and the importers decide what they mean.
 * Nesting is bounded, and every error names its byte.
 */
import { isUtf8 } from 'node:buffer';
import { exactInteger } from '../json.ts';
import { Malformed } from '../malformed.ts';

export type Edn = null | boolean | number | bigint | string | readonly Edn[] | EdnName | EdnMap | EdnSet;

/** A keyword (without its colon), a symbol, a character, or a number that JSON has no form for (`1/2`, `##Inf`). */
export interface EdnName {
  readonly kind: 'keyword' | 'symbol' | 'character' | 'number';
  readonly name: string;
}

export interface EdnMap {
  readonly kind: 'map';
  readonly entries: readonly (readonly [Edn, Edn])[];
}

export interface EdnSet {
  readonly kind: 'set';
  readonly items: readonly Edn[];
}

const MAX_DEPTH = 256;
const MAX_TOKEN_BYTES = 4096;

/** The forms of a text, each with its byte; if the whole text is one vector or list, the elements of that. */
export function* parseEdnElements(bytes: Uint8Array): Generator<{ form: Edn; at: number }> {
  const parser = new EdnParser(bytes);
  parser.space();
  const close = CLOSING.get(parser.peek());
  if (close !== undefined && close !== BRACE_CLOSE) parser.at++;
  const end = close === BRACE_CLOSE ? undefined : close;
  for (;;) {
    parser.space();
    const at = parser.at;
    if (parser.peek() === end) break;
    if (end === undefined && at >= bytes.length) return;
    yield { form: parser.form(0), at };
  }
  parser.at++;
  parser.space();
  if (parser.at < bytes.length) throw new Malformed(parser.at, 'nothing more after the vector');
}

/** The forms in `bytes[start, end)`. */
export function parseEdnForms(bytes: Uint8Array, start: number, end: number): Edn[] {
  const parser = new EdnParser(bytes.subarray(0, end), start);
  const forms: Edn[] = [];
  for (;;) {
    parser.space();
    if (parser.at >= end) return forms;
    forms.push(parser.form(0));
  }
}

class EdnParser {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  peek(): number {
    return this.at < this.#bytes.length ? this.#bytes[this.at]! : -1;
  }

  /** Skips white space, commas, comments and discarded forms. */
  space(depth = 0): void {
    for (;;) {
      const c = this.peek();
      if (c === 32 || (c >= 9 && c <= 13) || c === 0x2c) this.at++;
      else if (c === 0x3b) this.#comment();
      else if (c === 0x23 && this.#bytes[this.at + 1] === 0x5f) this.#discard(depth);
      else return;
    }
  }

  form(depth: number): Edn {
    if (depth > MAX_DEPTH) throw new Malformed(this.at, `at most ${MAX_DEPTH} levels of nesting`);
    this.space(depth);
    const c = this.peek();
    if (c === QUOTE) return this.#string();
    if (c === 0x5b || c === 0x28) return this.#items(depth);
    if (c === 0x7b) return this.#map(depth);
    if (c === 0x23) return this.#dispatch(depth);
    if (c === 0x5c) return this.#character();
    if (c < 0 || isDelimiter(c)) throw new Malformed(this.at, 'an EDN value', c < 0);
    return this.#token();
  }

  #comment(): void {
    const end = this.#bytes.indexOf(10, this.at);
    this.at = end < 0 ? this.#bytes.length : end;
  }

  /** `#_ x` discards x; `#_ #_ x y` discards both. */
  #discard(depth: number): void {
    this.at += 2;
    this.form(depth + 1);
  }

  #items(depth: number): Edn[] {
    const close = CLOSING.get(this.peek());
    const start = this.at++;
    const items: Edn[] = [];
    for (;;) {
      this.space(depth);
      const c = this.peek();
      if (c === close) break;
      if (c < 0) throw new Malformed(start, 'a closing bracket for this one', true);
      items.push(this.form(depth + 1));
    }
    this.at++;
    return items;
  }

  #map(depth: number): EdnMap {
    const start = this.at;
    const items = this.#items(depth);
    if (items.length % 2 !== 0) throw new Malformed(start, 'a map with a value for each key');
    const entries: (readonly [Edn, Edn])[] = [];
    for (let i = 0; i < items.length; i += 2) entries.push([items[i]!, items[i + 1]!]);
    return { kind: 'map', entries };
  }

  /** What begins with `#`: a set, `##Inf`, or a tag, whose value is taken as it stands (a record is a map). */
  #dispatch(depth: number): Edn {
    this.at++;
    const c = this.peek();
    if (c === 0x7b) return { kind: 'set', items: this.#items(depth) };
    if (c === 0x23) {
      this.at++;
      return { kind: 'number', name: `##${this.#word()}` };
    }
    this.#word();
    return this.form(depth + 1);
  }

  #character(): EdnName {
    this.at++;
    if (isDelimiter(this.peek())) return { kind: 'character', name: this.#slice(this.at, ++this.at) };
    const name = this.#word();
    return { kind: 'character', name: CHARACTERS.get(name) ?? name };
  }

  #string(): string {
    const bytes = this.#bytes;
    const start = this.at;
    let plain = true;
    let i = start + 1;
    for (; bytes[i] !== QUOTE; i++) {
      if (i >= bytes.length) throw new Malformed(start, 'a string with a closing quote', true);
      if (bytes[i] === 0x5c) {
        plain = false;
        i++;
      }
    }
    this.at = i + 1;
    const text = this.#slice(start + 1, i);
    if (plain) return text;
    return text.replace(/\\(u[0-9a-fA-F]{4}|[^])/g, (_, escape: string) => {
      if (escape.length === 5) return String.fromCharCode(parseInt(escape.slice(1), 16));
      const character = ESCAPES.get(escape);
      if (character === undefined) throw new Malformed(start, `a string without \`\\${escape}\``);
      return character;
    });
  }

  #slice(start: number, end: number): string {
    const slice = this.#bytes.subarray(start, end);
    if (!isUtf8(slice)) throw new Malformed(start, 'valid UTF-8');
    return slice.toString('utf8');
  }

  #word(): string {
    const start = this.at;
    while (this.at < this.#bytes.length && !isDelimiter(this.#bytes[this.at]!)) this.at++;
    if (this.at === start) throw new Malformed(start, 'a name', this.at >= this.#bytes.length);
    if (this.at - start > MAX_TOKEN_BYTES) throw new Malformed(start, `a name of at most ${MAX_TOKEN_BYTES} bytes`);
    return this.#slice(start, this.at);
  }

  #token(): Edn {
    const start = this.at;
    const word = this.#word();
    if (word === 'nil') return null;
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word.startsWith(':')) {
      if (word.length === 1) throw new Malformed(start, 'a name after `:`');
      return { kind: 'keyword', name: word.slice(1) };
    }
    if (!/^[+-]?[0-9]/.test(word)) return { kind: 'symbol', name: word };
    if (/^[+-]?[0-9]+N?$/.test(word)) return exactInteger(BigInt(word.replace(/^\+|N$/g, '')));
    if (/^[+-]?[0-9]+\/[0-9]+$/.test(word)) return { kind: 'number', name: word };
    if (!/^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?M?$/.test(word)) throw new Malformed(start, 'a number');
    const number = Number(word.replace(/M$/, ''));
    if (!Number.isFinite(number)) throw new Malformed(start, 'a number that a double can hold');
    return Number.isInteger(number) ? exactInteger(BigInt(number)) : number;
  }
}

function isDelimiter(c: number): boolean {
  return c <= 32 || c === QUOTE || c === 0x2c || c === 0x3b || CLOSING.has(c) || c === 0x5d || c === 0x29 || c === 0x7d;
}

const QUOTE = 0x22;
const BRACE_CLOSE = 0x7d;
/** The closing bracket of each opening one. */
const CLOSING = new Map([
  [0x5b, 0x5d],
  [0x28, 0x29],
  [0x7b, BRACE_CLOSE],
]);
const ESCAPES = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);
const CHARACTERS = new Map([
  ['newline', '\n'],
  ['return', '\r'],
  ['space', ' '],
  ['tab', '\t'],
]);
