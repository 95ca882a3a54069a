/**
 * Targets, workloads and faults by name: the built-in ones, or a user's own module by path.
 *
 * A user's module is TypeScript or JavaScript, its default export made by `defineTarget`, `defineWorkload` or
 * `defineFault`; it imports those from `ordeal`. jiti loads it, since Node 20 does not read TypeScript.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { clock, type Fault, kill, partition, pause } from '../nemesis/index.ts';
import { Problem } from '../results/index.ts';
import { etcd, type Target } from '../targets/index.ts';
import { register, type Workload } from '../workloads/index.ts';

export const targets: readonly Target[] = [etcd as Target];
export const workloads: readonly Workload[] = [register];
export const faults: readonly Fault[] = [partition, pause, kill, clock] as readonly Fault[];

export const findTarget = (name: string) => find('target', targets, name, ['apis', 'node', 'ready']);
export const findWorkload = (name: string) => find('workload', workloads, name, ['generator', 'final', 'checker']);
export const findFault = (name: string) => find('fault', faults, name, ['choose', 'inject', 'plan']);

/** `members` are what tells such a thing from any other default export. */
async function find<T extends { readonly name: string }>(
  kind: string,
  known: readonly T[],
  name: string,
  members: readonly string[],
): Promise<T> {
  const builtIn = known.find((one) => one.name === name);
  if (builtIn) return builtIn;
  const example = `one of ${known.map((one) => one.name).join(', ')}, or the path of a module (./my-${kind}.ts)`;
  if (!/[./\\]/.test(name)) throw new Problem(`There is no ${kind} '${name}'.`, `Name ${example}.`);
  const path = resolve(name);
  if (!existsSync(path)) throw new Problem(`${path} does not exist.`, `Name ${example}.`);
  const module = await load(path);
  if (typeof module === 'object' && module !== null && members.every((member) => member in module)) return module as T;
  const define = `define${kind[0]?.toUpperCase() ?? ''}${kind.slice(1)}`;
  throw new Problem(
    `The default export of ${path} is not a ${kind}.`,
    `Make it with ${define}({ ... }); see the README.`,
  );
}

async function load(path: string): Promise<unknown> {
  const index = new URL(import.meta.url.endsWith('.ts') ? './index.ts' : './index.js', import.meta.url);
  // The module may lie anywhere: it finds us, and the library its parameters are made with, without an installation.
  const alias = { ordeal: fileURLToPath(index), zod: createRequire(import.meta.url).resolve('zod') };
  const jiti = createJiti(import.meta.url, { alias });
  try {
    return await jiti.import(path, { default: true });
  } catch (cause) {
    throw new Problem(
      `${path} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Mend the module; `npx tsc --noEmit` names its errors.',
      { cause },
    );
  }
}
