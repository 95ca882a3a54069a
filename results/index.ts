/** The public face of the ground floor: the history and all that is concluded from it. */
export * from './deadline.ts';
export * from './history/index.ts';
export * from './problem.ts';
export * from './user-module.ts';
export * from './fault-evidence.ts';
export * from './verdict.ts';
export * from './store/index.ts';
export * from './checkers/index.ts';
export * from './report/index.ts';
