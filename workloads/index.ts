/** The public face of the workloads floor: what clients do, and the promise they hold the cluster to. */
export * from './op.ts';
export * from './client.ts';
export * from './workload.ts';
export * from './generator/generator.ts';
export * from './generator/random.ts';
export * from './generator/combinators.ts';
export * from './generator/simulate.ts';
export * from './register.ts';
