/**
 * Reads lines in the exact shape that we write (see line.ts) straight into a builder, without an object per line.
 *
 * It takes a line wholly or not at all: at the first byte out of shape it stops, and the caller reads that line the exact
 * way. So it never has to say what is wrong, and never accepts what the exact way would refuse.
 */
import type { HistoryBuilder } from './builder.ts';
import type { Value } from './event.ts';
import { FAIL, INFO, OK, type Outcome } from './history.ts';
import type { Interner } from './interner.ts';
import { parseJson } from './json.ts';
import { Malformed } from './malformed.ts';
import { TextCache } from './text-cache.ts';

/** Integers of more digits could be rounded. */
const MAX_DIGITS = 15;

/** Where interned things of one kind go, and the raw texts already known to mean one of them. */
interface Domain {
  readonly interner: Interner<Value | undefined>;
  readonly texts: TextCache;
}

/** What stands between process and value: `,"type":"ok","f":"read","value":`. A history has a handful of them. */
interface Segment {
  readonly text: Literal;
  readonly type: number;
  readonly f: number;
}

/** A text of at least four bytes to compare with: its words at each fourth byte, and the one that ends it. */
interface Literal {
  readonly words: Int32Array;
  readonly last: number;
  readonly length: number;
}

function literal(text: Uint8Array): Literal {
  const view = viewOf(text);
  const words = Int32Array.from({ length: text.length >>> 2 }, (_, word) => view.getInt32(4 * word));
  return { words, last: view.getInt32(text.length - 4), length: text.length };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

export class LineScanner {
  readonly #builder: HistoryBuilder;
  readonly #fs: Domain;
  readonly #nodes: Domain;
  readonly #errors: Domain;
  readonly #keys: Domain;
  readonly #values: Domain;
  readonly #segments = new Array<Segment | undefined>(2 ** 12).fill(undefined);
  #bytes: Uint8Array = new Uint8Array(0);
  /** Of the same bytes. */
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  /** The last number read by `#integer`. */
  #number = 0;

  constructor(builder: HistoryBuilder) {
    const domain = (interner: unknown): Domain => ({
      interner: interner as Domain['interner'],
      texts: new TextCache(),
    });
    this.#builder = builder;
    this.#fs = domain(builder.fs);
    this.#nodes = domain(builder.nodes);
    this.#errors = domain(builder.errors);
    this.#keys = domain(builder.keys);
    this.#values = domain(builder.values);
  }

  /** Takes whole lines of `bytes[from, end)` for as long as it can; returns where the first one not taken begins. */
  scan(bytes: Uint8Array, from: number, end: number): number {
    if (bytes !== this.#bytes) this.#view = viewOf(bytes);
    this.#bytes = bytes;
    let at = from;
    while (at < end) {
      this.#at = at;
      if (!this.#line(end)) break;
      at = this.#at;
    }
    return at;
  }

  #line(end: number): boolean {
    if (!this.#literal(PROCESS) || !this.#integer() || this.#number < 0 || this.#number > 2 ** 31 - 1) return false;
    const process = this.#number;
    const segment = this.#segment();
    if (segment === undefined) return false;
    const { type, f } = segment;
    const value = this.#value(this.#values);
    if (value < 0 || !this.#literal(TIME) || !this.#integer()) return false;
    const timeNs = this.#number;
    const key = this.#byte() === COMMA && this.#literal(KEY) ? this.#value(this.#keys) : 0;
    const node = this.#byte() === COMMA && this.#literal(NODE) ? this.#string(this.#nodes) : 0;
    const error = this.#byte() === COMMA && this.#literal(ERROR) ? this.#string(this.#errors) : 0;
    if (key < 0 || node < 0 || error < 0 || !this.#lineEnd(end)) return false;
    this.#builder.line++;
    if (type === INVOKE) this.#builder.invoke(process, f, key, value, timeNs, node, error);
    else this.#builder.complete(process, type as Outcome, f, key, value, timeNs, node, error);
    return true;
  }

  #byte(): number {
    return this.#bytes[this.#at]!;
  }

  /** Four bytes at a time: most bytes of a line are compared and nothing else. */
  #literal({ words, last, length }: Literal): boolean {
    const view = this.#view;
    const at = this.#at;
    if (at + length > view.byteLength) return false;
    for (let i = 0; i < words.length; i++) if (view.getInt32(at + 4 * i) !== words[i]) return false;
    if (view.getInt32(at + length - 4) !== last) return false;
    this.#at = at + length;
    return true;
  }

  #lineEnd(end: number): boolean {
    if (this.#byte() !== 0x7d) return false;
    this.#at++;
    if (this.#byte() === 13) this.#at++;
    return this.#bytes[this.#at++] === 10 && this.#at <= end;
  }

  /** Type and function: one of those seen before, told by two of its bytes and then compared whole; or read anew. */
  #segment(): Segment | undefined {
    const bytes = this.#bytes;
    const start = this.#at;
    const slot = ((bytes[start + TYPE.length + 2]! & 31) << 7) | (bytes[start + TYPE.length + 13]! & 127);
    const known = this.#segments[slot];
    if (known !== undefined && this.#literal(known.text)) return known;
    const type = this.#type();
    const f = type < 0 ? -1 : this.#string(this.#fs);
    if (f < 0 || !this.#literal(VALUE)) return undefined;
    const segment = { text: literal(bytes.subarray(start, this.#at)), type, f };
    this.#segments[slot] = segment;
    return segment;
  }

  /** An outcome, INVOKE, or -1. */
  #type(): number {
    if (!this.#literal(TYPE)) return -1;
    const first = this.#byte();
    if (first === 0x69 && this.#bytes[this.#at + 2] === 0x76) return this.#literal(INVOKE_F) ? INVOKE : -1;
    if (first === 0x6f) return this.#literal(OK_F) ? OK : -1;
    if (first === 0x66) return this.#literal(FAIL_F) ? FAIL : -1;
    return this.#literal(INFO_F) ? INFO : -1;
  }

  /** Reads a plain integer into `#number`. */
  #integer(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const start = at;
    let number = 0;
    for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) number = number * 10 + digit;
    const digits = at - start;
    if (digits === 0 || digits > MAX_DIGITS || (digits > 1 && bytes[start] === 48)) return false;
    this.#number = negative ? 0 - number : number;
    this.#at = at;
    const next = bytes[at]!;
    return next === COMMA || next === BRACE || next === BRACKET;
  }

  /** The id of a value, or -1. */
  #value(domain: Domain): number {
    const first = this.#byte();
    if (first === LETTER_N) return this.#literal(NULL) ? domain.interner.of(null) : -1;
    if ((first >= 48 && first <= 57) || first === MINUS) {
      return this.#integer() ? domain.interner.ofInt(this.#number) : -1;
    }
    if (first === QUOTE) return this.#string(domain);
    const start = this.#at;
    if (first === 0x5b) {
      const id = this.#pair(domain);
      if (id >= 0) return id;
      this.#at = start;
    }
    return this.#skip() ? this.#text(domain, start) : -1;
  }

  /** The id of `[a,b]` with integers of 32 bits, or -1. */
  #pair(domain: Domain): number {
    this.#at++;
    if (!this.#integer() || this.#byte() !== COMMA) return -1;
    const a = this.#number;
    this.#at++;
    if (!this.#integer() || this.#byte() !== BRACKET) return -1;
    const b = this.#number;
    this.#at++;
    return (a | 0) === a && (b | 0) === b ? domain.interner.ofPair(a, b) : -1;
  }

  /** The id of a string without escapes, or -1. */
  #string(domain: Domain): number {
    const bytes = this.#bytes;
    const start = this.#at;
    if (bytes[start] !== QUOTE) return -1;
    let at = start + 1;
    for (let c = bytes[at]!; c !== QUOTE; c = bytes[++at]!) if (!(c >= 32) || c === BACKSLASH) return -1;
    this.#at = at + 1;
    return this.#text(domain, start);
  }

  /** The id of the value whose text begins at `start` and ends here. */
  #text(domain: Domain, start: number): number {
    const bytes = this.#bytes;
    const end = this.#at;
    const known = domain.texts.get(bytes, start, end);
    if (known >= 0) return known;
    try {
      const id = domain.interner.of(parseJson(bytes, start, end));
      domain.texts.add(bytes, start, end, id);
      return id;
    } catch (error) {
      if (error instanceof Malformed) return -1;
      throw error;
    }
  }

  /** Goes to the end of an array, object, true or false, without asking whether it is well formed. */
  #skip(): boolean {
    const bytes = this.#bytes;
    let depth = 0;
    let at = this.#at;
    for (let c = bytes[at]!; c >= 32; c = bytes[++at]!) {
      if (c === QUOTE) {
        for (c = bytes[++at]!; c !== QUOTE; c = bytes[++at]!) {
          if (!(c >= 32)) return false;
          if (c === BACKSLASH && !(bytes[++at]! >= 32)) return false;
        }
      } else if (c === 0x5b || c === 0x7b) depth++;
      else if (c === BRACKET || c === BRACE) depth--;
      else if (c === COMMA && depth === 0) {
        this.#at = at;
        return true;
      }
      if (depth < 0) {
        this.#at = at;
        return true;
      }
    }
    return false;
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const BACKSLASH = 0x5c;
const BRACKET = 0x5d;
const LETTER_N = 0x6e;
const BRACE = 0x7d;

/** Beside the outcomes 0, 1, 2. */
const INVOKE = 3;

const PROCESS = literal(Buffer.from('{"process":'));
const TYPE = literal(Buffer.from(',"type":"'));
const INVOKE_F = literal(Buffer.from('invoke","f":'));
const OK_F = literal(Buffer.from('ok","f":'));
const FAIL_F = literal(Buffer.from('fail","f":'));
const INFO_F = literal(Buffer.from('info","f":'));
const VALUE = literal(Buffer.from(',"value":'));
const TIME = literal(Buffer.from(',"time":'));
const KEY = literal(Buffer.from(',"key":'));
const NODE = literal(Buffer.from(',"node":'));
const ERROR = literal(Buffer.from(',"error":'));
const NULL = literal(Buffer.from('null'));
