export * from './checker.ts';
export * from './linearizability/index.ts';
export * from './registry.ts';
