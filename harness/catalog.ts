/**
 * Targets, workloads and faults by name: the built-in ones, or a user's own module by path.
 *
 * A user's module has a default export made by `defineTarget`, `defineWorkload` or `defineFault`, which it imports from
 * `ordeal`.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as nemesis from '../nemesis/index.ts';
import type { Fault } from '../nemesis/index.ts';
import { type Aliases, loadUserModule, looksLikePath, Problem } from '../results/index.ts';
import { etcd, type Target } from '../targets/index.ts';
import { register, type Workload } from '../workloads/index.ts';

/** What tells a fault from anything else that is exported. */
const FAULT_MEMBERS = ['choose', 'inject', 'plan', 'harms'];

export const targets: readonly Target[] = [etcd as Target];
export const workloads: readonly Workload[] = [register];
/** All that the nemesis floor exports as a fault. */
export const faults: readonly Fault[] = Object.values<unknown>(nemesis).filter(isFault);

/** What a user's module may import without having it installed. */
export const ALIASES: Aliases = {
  ordeal: fileURLToPath(new URL(`./index${import.meta.url.slice(-3)}`, import.meta.url)),
  zod: createRequire(import.meta.url).resolve('zod'),
};

export const findTarget = (name: string) => find('target', targets, name, ['apis', 'node', 'ready']);
export const findWorkload = (name: string) => find('workload', workloads, name, ['generator', 'final', 'checker']);
export const findFault = (name: string) => find('fault', faults, name, FAULT_MEMBERS);

function isFault(value: unknown): value is Fault {
  return hasAll(value, FAULT_MEMBERS);
}

function hasAll(value: unknown, members: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && members.every((member) => member in value);
}

/** `members` are what tells such a thing from any other default export. */
async function find<T extends { readonly name: string }>(
  kind: string,
  known: readonly T[],
  name: string,
  members: readonly string[],
): Promise<T> {
  const builtIn = known.find((one) => one.name === name);
  if (builtIn) return builtIn;
  if (!looksLikePath(name)) {
    const names = known.map((one) => one.name).join(', ');
    throw new Problem(
      `There is no ${kind} '${name}'.`,
      `Name one of ${names}, or the path of a module (./my-${kind}.ts).`,
    );
  }
  const module = await loadUserModule(name, ALIASES);
  if (hasAll(module, members)) return module as T;
  const define = `define${kind[0]?.toUpperCase() ?? ''}${kind.slice(1)}`;
  throw new Problem(
    `The default export of ${name} is not a ${kind}.`,
    `Make it with ${define}({ ... }); see the README.`,
  );
}
