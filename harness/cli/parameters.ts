/**
 * The parameters of a target or workload, as options of the command line.
 *
 * A zod object schema is all that a target or workload gives: names, defaults, descriptions and checks come from it.
 */
import { Option } from 'commander';
import { z } from 'zod';
import type { Value } from '../../results/index.ts';
import { UsageProblem } from './exit.ts';

/** `opsPerKey` is `--ops-per-key <value>`. `owner` says in the help whose it is. */
export function optionsOf(schema: z.ZodType, owner: string): Option[] {
  return Object.entries(shapeOf(schema)).map(([name, field]) => {
    const {
      description = '',
      default: fallback,
      enum: choices,
    } = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' });
    const option = new Option(`--${kebab(name)} <value>`, `${owner}: ${description}${shown(choices, fallback)}`);
    return choices ? option.choices(choices.map(String)) : option;
  });
}

/** What of the parsed options belongs to `schema`, checked and with defaults. */
export function parametersFrom(schema: z.ZodType, options: Readonly<Record<string, unknown>>): Value {
  const own = Object.fromEntries(
    Object.keys(shapeOf(schema)).flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
  const result = schema.safeParse(own);
  if (result.success) return result.data as Value;
  const [issue] = result.error.issues;
  const name = String(issue?.path[0] ?? '');
  throw new UsageProblem(
    `--${kebab(name)} ${JSON.stringify(own[name])}: ${issue?.message ?? 'is not valid'}.`,
    'See --help for what it takes.',
  );
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  return 'shape' in schema ? (schema.shape as Record<string, z.ZodType>) : {};
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function shown(choices: readonly unknown[] | undefined, fallback: unknown): string {
  return fallback === undefined || choices?.length === 0 ? '' : ` (default: ${JSON.stringify(fallback)})`;
}
