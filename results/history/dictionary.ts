/**
 * Lists of values as typed arrays, since JSON for a million small integers and pairs of them costs more than all columns.
 *
 * Each value has a kind and two integers; what is neither small nor a pair stands in `others`, as JSON texts in order.
 */
import type { Value } from './event.ts';
import { isList, parseJsonSequence, stringifyJson } from './json.ts';

export interface Dictionary {
  readonly kinds: Uint8Array;
  readonly as: Int32Array;
  readonly bs: Int32Array;
  readonly others: Uint8Array;
}

const ABSENT = 0;
const INTEGER = 1;
const PAIR = 2;
const OTHER = 3;

export function encodeValues(values: readonly (Value | undefined)[]): Dictionary {
  const kinds = new Uint8Array(values.length);
  const as = new Int32Array(values.length);
  const bs = new Int32Array(values.length);
  const others: string[] = [];
  for (const [i, value] of values.entries()) {
    if (value === undefined) kinds[i] = ABSENT;
    else if (isInt32(value)) {
      kinds[i] = INTEGER;
      as[i] = value;
    } else if (isPair(value)) {
      kinds[i] = PAIR;
      as[i] = value[0];
      bs[i] = value[1];
    } else {
      kinds[i] = OTHER;
      others.push(stringifyJson(value));
    }
  }
  return { kinds, as, bs, others: Buffer.from(others.join('\n')) };
}

export function decodeValues({ kinds, as, bs, others }: Dictionary): (Value | undefined)[] {
  const values = new Array<Value | undefined>(kinds.length);
  const texts = parseJsonSequence(others);
  for (let i = 0; i < values.length; i++) {
    const kind = kinds[i]!;
    if (kind === INTEGER) values[i] = as[i]!;
    else if (kind === PAIR) values[i] = [as[i]!, bs[i]!];
    else if (kind === OTHER) values[i] = next(texts);
    else values[i] = undefined;
  }
  return values;
}

function next(texts: Iterator<{ value: Value }>): Value {
  const result = texts.next();
  if (result.done === true) throw new RangeError('fewer values than the dictionary counts');
  return result.value.value;
}

function isInt32(value: Value | undefined): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

function isPair(value: Value): value is readonly [number, number] {
  return typeof value === 'object' && value !== null && isList(value) && value.length === 2 && value.every(isInt32);
}
