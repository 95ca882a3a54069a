export * from './container.ts';
export * from './conversation.ts';
export * from './probe.ts';
export * from './stream.ts';
