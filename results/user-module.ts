/**
 * Loads a user's own module: TypeScript or JavaScript, from wherever it lies.
 *
 * jiti does it, since Node 20 does not read TypeScript. `aliases` are what the module may import without having it
 * installed: our own package by its name, and the library that parameters are made with.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import { Problem } from './problem.ts';

export type Aliases = Readonly<Record<string, string>>;

/** The module's default export. Throws a `Problem` where it is missing or cannot be loaded. */
export async function loadUserModule(name: string, aliases: Aliases): Promise<unknown> {
  const path = resolve(name);
  if (!existsSync(path)) throw new Problem(`${path} does not exist.`, 'Name the path of a module.');
  try {
    return await createJiti(import.meta.url, { alias: { ...aliases } }).import(path, { default: true });
  } catch (cause) {
    throw new Problem(
      `${path} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Mend the module; `npx tsc --noEmit` names its errors.',
      { cause },
    );
  }
}

/** Names of what is built in have none of these. */
export const looksLikePath = (name: string): boolean => /[./\\]/.test(name);
