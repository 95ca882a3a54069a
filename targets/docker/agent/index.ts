export * from './container.ts';
export * from './stream.ts';
