/** The public face of the nemesis floor: faults, their schedules, and the proof that they took effect. */
export * from './fault.ts';
export * from './nemesis.ts';
export * from './schedule.ts';
export * from './clock/index.ts';
export { default as kill } from './kill.ts';
export { default as partition } from './partition.ts';
export { default as pause } from './pause.ts';
