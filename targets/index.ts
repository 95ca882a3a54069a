/** The public face of the targets floor: systems under test, and the runtimes that launch them. */
export * from './cluster.ts';
export * from './target.ts';
export * from './runtime.ts';
export * from './http-date.ts';
export * from './docker/index.ts';
export { default as etcd } from './etcd/etcd.ts';
