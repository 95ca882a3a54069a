/**
 * Equal values, equal text: how states and arguments are compared where no interned id is at hand.
 *
 * JSON with sorted names, and bigint kept apart from text; a bigint that fits a number reads the same as that number.
 */
import type { Value } from '../../history/index.ts';

export function canonical(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join(',')}}`;
}

export function same(a: Value, b: Value): boolean {
  if (a === b) return true;
  // A bigint may equal a number; other primitives are equal only if identical.
  if (typeof a !== 'object' && typeof b !== 'object' && typeof a !== 'bigint' && typeof b !== 'bigint') return false;
  return canonical(a) === canonical(b);
}

/** `Array.isArray` that knows readonly lists. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
