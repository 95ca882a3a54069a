import { UsageProblem } from './exit.ts';

const UNITS: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30 };

/** `512MiB`, `4GiB`; bytes. */
export function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(MiB|GiB)$/.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(digits) * (UNITS[unit] ?? NaN));
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageProblem(`'${text}' is not an amount of memory.`, 'Write it as 512MiB or 4GiB.');
}
