export * from './event.ts';
export * from './fault-event.ts';
export * from './history.ts';
