/**
 * Values to small integers: equal values get equal ids, so that checkers compare and hash integers only.
 *
 * `1` and `"1"` differ, `1` and `1.0` do not, an object is equal whatever the order of its members, and an integer is a
 * bigint exactly if it is beyond 2^53. Small integers and pairs of them (a cas) are most of any history, so they take
 * tables of their own instead of a Map.
 */
import { Problem } from '../problem.ts';
import type { Value } from './event.ts';
import { exactInteger, isList, stringifyJson } from './json.ts';
import { PairTable } from './pair-table.ts';

/** V8's Map cannot grow past 2^24 entries. */
const MAX_OTHERS = 2 ** 24 - 1;

export class Interner<First extends Value | undefined = never> {
  /** Value of each id. */
  readonly values: (Value | First)[];
  /** id + 1 of each small integer; 0 where it has none yet. */
  #ints = new Int32Array(1024);
  readonly #pairs = new PairTable();
  readonly #primitives = new Map<Value, number>();
  readonly #composites = new Map<string, number>();

  /** `first` are the values whose ids are fixed: 0, 1, ... */
  constructor(...first: First[]) {
    this.values = first;
    for (const [id, value] of first.entries()) {
      if (value !== undefined) this.#primitives.set(value, id);
    }
  }

  of(value: Value): number {
    switch (typeof value) {
      case 'number':
        return this.#ofNumber(value);
      case 'bigint': {
        const exact = exactInteger(value);
        return typeof exact === 'number' ? this.ofInt(exact) : this.#ofPrimitive(exact);
      }
      case 'object':
        return value === null ? this.#ofPrimitive(null) : this.#ofComposite(value);
      default:
        return this.#ofPrimitive(value);
    }
  }

  /** The id of a safe integer. */
  ofInt(value: number): number {
    if (value >= 0 && (value < this.#ints.length || this.#growInts(value))) {
      const id = this.#ints[value]! - 1;
      return id >= 0 ? id : this.#addInt(value);
    }
    return this.#ofPrimitive(value);
  }

  /** The id of `[a, b]`, both of 32 bits. */
  ofPair(a: number, b: number): number {
    const id = this.#pairs.get(a, b);
    if (id >= 0) return id;
    this.#pairs.add(a, b, this.values.length);
    return this.values.push([a | 0, b | 0]) - 1;
  }

  #ofNumber(value: number): number {
    if (Number.isSafeInteger(value)) return this.ofInt(value + 0);
    if (Number.isInteger(value)) return this.#ofPrimitive(BigInt(value));
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot stand in a history: JSON has no such number`);
    return this.#ofPrimitive(value);
  }

  #addInt(value: number): number {
    // It may have been met while the table was still too small for it.
    const id = this.#primitives.get(value) ?? this.values.push(value) - 1;
    this.#ints[value] = id + 1;
    return id;
  }

  /** The table follows the number of values, so that a few large integers do not cost a large table. */
  #growInts(value: number): boolean {
    const limit = 65_536 + 8 * this.values.length;
    if (value >= limit) return false;
    let size = this.#ints.length;
    while (size <= value) size *= 2;
    const grown = new Int32Array(size);
    grown.set(this.#ints);
    this.#ints = grown;
    return true;
  }

  #ofPrimitive(value: null | boolean | number | bigint | string): number {
    let id = this.#primitives.get(value);
    if (id === undefined) {
      if (this.#primitives.size >= MAX_OTHERS) throw tooMany();
      id = this.values.push(value) - 1;
      this.#primitives.set(value, id);
    }
    return id;
  }

  #ofComposite(value: Exclude<Value, null | boolean | number | bigint | string>): number {
    if (isList(value) && value.length === 2 && isInt32(value[0]) && isInt32(value[1])) {
      return this.ofPair(value[0], value[1]);
    }
    const canonical = canonicalize(value);
    const text = stringifyJson(sorted(canonical));
    let id = this.#composites.get(text);
    if (id === undefined) {
      if (this.#composites.size >= MAX_OTHERS) throw tooMany();
      id = this.values.push(canonical) - 1;
      this.#composites.set(text, id);
    }
    return id;
  }
}

function tooMany(): Problem {
  return new Problem(`the history holds more than ${MAX_OTHERS} distinct values`, 'Judge it in parts, key by key.');
}

/** The form of a value that is kept: what reading its JSON text would give. */
export function canonicalize(value: Value): Value {
  if (typeof value === 'number' && Number.isInteger(value)) {
    return Number.isSafeInteger(value) ? value + 0 : BigInt(value);
  }
  if (typeof value === 'bigint') return exactInteger(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(canonicalize);
  const members = Object.entries(value) as [string, Value | undefined][];
  return Object.fromEntries(members.flatMap(([name, v]) => (v === undefined ? [] : [[name, canonicalize(v)]])));
}

function sorted(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(sorted);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, v]) => [name, sorted(v)]));
}

function isInt32(value: Value | undefined): value is number {
  return typeof value === 'number' && (value | 0) === value;
}
