/** Docker: the engine, the runtime that launches clusters on it, and the sweep of what was left behind. */
export * from './cgroup.ts';
export * from './engine.ts';
export * from './examination.ts';
export type { Probe } from './agent/index.ts';
export * from './image.ts';
export * from './runtime.ts';
export * from './sweep.ts';
