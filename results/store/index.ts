export * from './folder.ts';
export * from './run-info.ts';
export * from './summary.ts';
