/** What the benchmark judges: seeded histories by name, with what they are to take. */
import type { History } from '../history/index.ts';
import type { Model } from './linearizability/index.ts';
import { generate, type Generated } from './linearizability/testing/generated.ts';
import { generateKv, kvStore } from './linearizability/testing/generated-kv.ts';
import { generateObject, type GeneratedObject, type ObjectName } from './linearizability/testing/generated-objects.ts';

export interface Case {
  readonly name: string;
  /** A built-in one by name, or one of its own. */
  readonly model: string | Model;
  readonly history: () => History;
  /** Warm and first call, in ms. */
  readonly target: { readonly warm?: number; readonly first?: number };
}

const U = { values: 'unique' } as const;
const V5 = { values: 5 } as const;
const REGISTERS: readonly (Omit<Generated, 'seed'> & Pick<Case, 'name' | 'target'>)[] = [
  { ...U, name: 'U 10k c20', operations: 10_000, clients: 20, target: {} },
  { ...U, name: 'U 100k c5', operations: 100_000, clients: 5, target: { warm: 12, first: 60 } },
  { ...U, name: 'U 100k c5 bad', operations: 100_000, clients: 5, bad: true, target: { warm: 12, first: 60 } },
  { ...U, name: 'U 100k c10 1%', operations: 100_000, clients: 10, crashes: 0.01, target: { warm: 12 } },
  { ...U, name: 'U 100k c50', operations: 100_000, clients: 50, target: { warm: 12 } },
  { ...U, name: 'U 100k c50 1% bad', operations: 100_000, clients: 50, crashes: 0.01, bad: true, target: { warm: 12 } },
  { ...U, name: 'U 1M c5', operations: 1_000_000, clients: 5, target: { warm: 60, first: 160 } },
  { ...U, name: 'U 1M c5 bad', operations: 1_000_000, clients: 5, bad: true, target: { warm: 60 } },
  { ...U, name: 'U 1M c50 1%', operations: 1_000_000, clients: 50, crashes: 0.01, target: { warm: 60 } },
  { ...U, name: '1M on 10k keys c50', operations: 1_000_000, clients: 50, keys: 10_000, target: { warm: 100 } },
  {
    ...U,
    name: '1M on 10k keys c50 bad',
    operations: 1_000_000,
    clients: 50,
    keys: 10_000,
    bad: true,
    target: { warm: 100 },
  },
  { ...U, name: 'U 10M c5', operations: 10_000_000, clients: 5, target: { warm: 1000 } },
  { ...V5, name: 'V5 100k c10', operations: 100_000, clients: 10, target: { warm: 300 } },
  { ...V5, name: 'V5 10k c20', operations: 10_000, clients: 20, target: { warm: 1000 } },
  { ...V5, name: 'V5 10k c5 1% bad', operations: 10_000, clients: 5, crashes: 0.01, bad: true, target: { warm: 60 } },
  { ...V5, name: 'V5 100k c10 1%', operations: 100_000, clients: 10, crashes: 0.01, target: { warm: 3000 } },
  { ...V5, name: 'V5 10k c20 1%', operations: 10_000, clients: 20, crashes: 0.01, target: { warm: 10_000 } },
];

/** Each key by itself, and all of them as one object. */
const STORES = [
  { name: 'KV 1k c50', model: 'kv', operations: 1000, clients: 50, keys: 10, whole: false, target: { warm: 5 } },
  {
    name: 'KV 340 c10 whole',
    model: kvStore,
    operations: 340,
    clients: 10,
    keys: 10,
    whole: true,
    target: { warm: 4200 },
  },
];

/** Warm, in ms, for a million operations on different elements. */
const OBJECT_TARGETS: Readonly<Record<ObjectName, number>> = { queue: 60, stack: 400, 'priority-queue': 400, set: 60 };

const OBJECTS = Object.entries(OBJECT_TARGETS).flatMap(([object, warm]) =>
  [
    { clients: 5 },
    { clients: 50 },
    { clients: 50, bad: true },
    { clients: 10, crashes: 0.01 },
    { clients: 10, crashes: 0.01, bad: true },
  ].map((options: Pick<GeneratedObject, 'clients' | 'crashes' | 'bad'>) => ({
    ...options,
    object: object as ObjectName,
    operations: 1_000_000,
    name: `${object} 1M c${options.clients}${options.crashes ? ' 1%' : ''}${options.bad ? ' bad' : ''}`,
    target: { warm },
  })),
);

/** One for which the violation planted among crashed operations is one. */
const SEED = 2;

export const CASES: readonly Case[] = [
  ...REGISTERS.map(({ name, target, ...options }) => ({
    ...{ name, target, model: 'register' },
    history: () => generate({ ...options, seed: SEED }),
  })),
  ...STORES.map(({ name, model, target, ...options }) => ({
    ...{ name, model, target },
    history: () => generateKv({ ...options, seed: SEED }),
  })),
  ...OBJECTS.map(({ name, target, ...options }) => ({
    ...{ name, target, model: options.object },
    history: () => generateObject({ ...options, seed: SEED }),
  })),
];
