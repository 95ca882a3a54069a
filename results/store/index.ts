export * from './run-info.ts';
