import { UsageProblem } from './exit.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500ms`, `60s`, `1.5m`, `2h`; a bare number is seconds. Milliseconds. */
export function parseDuration(text: string): number {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const ms = Number(digits) * (UNITS[unit] ?? NaN);
  if (ms > 0 && Number.isFinite(ms)) return ms;
  throw new UsageProblem(`'${text}' is not a length of time.`, 'Write it as 500ms, 60s, 5m or 2h.');
}
