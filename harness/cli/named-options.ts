/** `-o name=value`, as often as needed. */
import type { Value } from '../../results/index.ts';
import { UsageProblem } from './exit.ts';

export type NamedOptions = Readonly<Record<string, Value>>;

/** A value is JSON where it can be (`2`, `true`, `["x", 1]`), else text. */
export function addOption(text: string, previous: NamedOptions): NamedOptions {
  const [, name, value] = /^([^=\s]+)=([^]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageProblem(`'${text}' is no option with its value.`, 'Write it as name=value, such as permits=2.');
  return { ...previous, [name]: valueOf(value) };
}

function valueOf(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}
