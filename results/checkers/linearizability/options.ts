/** What the linearizability checker can be told: plain data, as it stands in run.json. */
import { z } from 'zod';
import type { Value } from '../../history/index.ts';
import { Problem } from '../../problem.ts';
import { optionProblem } from '../option-problem.ts';
import type { Model } from './model.ts';
import { type ModelOptions, models, optionsOfModels } from './models/index.ts';
import { ALGORITHMS } from './outcome.ts';

const json = z.json() as z.ZodType<Value>;

export const linearizableOptions = z.strictObject({
  /** The promise: one of the built-in models. */
  model: z.string().default('register'),
  /** Forces one algorithm instead of the portfolio's choice. */
  algorithm: z.enum(ALGORITHMS).optional(),
  init: json.optional(),
  nilReadMatchesAnything: z.boolean().optional(),
  failedCasIsEvidence: z.boolean().optional(),
  /** Of a semaphore. */
  permits: z.int().positive().optional(),
});

export type LinearizableOptions = z.input<typeof linearizableOptions>;

/** The model that the options describe. Throws a Problem where there is none of that name. */
export function modelOf(options: z.output<typeof linearizableOptions>): Model {
  const make = Object.hasOwn(models, options.model) ? models[options.model] : undefined;
  if (!make) {
    throw new Problem(
      `There is no model named ${JSON.stringify(options.model)}.`,
      `Choose one of: ${Object.keys(models).join(', ')}.`,
    );
  }
  const { init, nilReadMatchesAnything, failedCasIsEvidence, permits } = options;
  refuseOthers(options.model, { init, nilReadMatchesAnything, failedCasIsEvidence, permits });
  return make({
    ...(init === undefined ? {} : { init }),
    ...(nilReadMatchesAnything === undefined ? {} : { nilReadMatchesAnything }),
    ...(failedCasIsEvidence === undefined ? {} : { failedCasIsEvidence }),
    ...(permits === undefined ? {} : { permits }),
  });
}

/** What a model would not hear must not be said to it: whoever said it believes in another promise. */
function refuseOthers(model: string, options: Readonly<Record<keyof ModelOptions, unknown>>): void {
  const known: readonly string[] = optionsOfModels[model] ?? [];
  const other = Object.entries(options).find(([name, value]) => value !== undefined && !known.includes(name));
  if (!other) return;
  throw new Problem(
    `The model ${model} has no option ${JSON.stringify(other[0])}.`,
    known.length > 0 ? `It takes: ${known.join(', ')}.` : 'It takes none.',
  );
}

/** Reads options as they stand in a CheckSpec. Throws a Problem that names the wrong one. */
export function parseOptions(options: unknown): z.output<typeof linearizableOptions> {
  const parsed = linearizableOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  throw optionProblem('The linearizable checker', parsed.error, Object.keys(linearizableOptions.shape));
}
