export * from './container.ts';
export * from './conversation.ts';
export * from './stream.ts';
