/**
 * How values, times and hostile text are written for a person; shared by the writer of a report and its viewer.
 */
import type { Value } from '../../history/event.ts';

/** A value as one line: JSON, with bigints as plain digits. */
export function valueText(value: Value | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(valueText).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value as Record<string, Value>);
    return `{${entries.map(([name, part]) => `${JSON.stringify(name)}: ${valueText(part)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** A key as it is spoken of: a string without its quotes. */
export function keyText(key: Value): string {
  return typeof key === 'string' ? key : valueText(key);
}

/**
 * Characters that are not seen but act: controls, line and paragraph separators, zero-width ones, halves of surrogate
 * pairs, and the bidi overrides that make text read as something it is not.
 */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text from the system under test with every acting character replaced by its name: `\u202e`, `\x1b`. */
export function inert(text: string): string {
  return text.replace(ACTING, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** A moment of the run: `00:38.412`, with hours when there are any. */
export function clockText(ns: number): string {
  const sign = ns < 0 ? '-' : '';
  const ms = Math.round(Math.abs(ns) / 1e6);
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(ms / 60_000);
  const rest = `${two(minutes % 60)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return sign + (minutes >= 60 ? `${two(Math.floor(minutes / 60))}:${rest}` : rest);
}

/** A span of time, three significant digits: `3.1 ms`, `214 ms`, `5 s`. */
export function spanText(ns: number): string {
  const units: [number, string][] = [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ];
  for (const [size, unit] of units) if (ns >= size * 0.9995) return `${Number((ns / size).toPrecision(3))} ${unit}`;
  return `${Math.round(ns)} ns`;
}

/** A count with thin groups of three: `62,114`. */
export function countText(n: number): string {
  return n.toLocaleString('en-US');
}
