/** Faults of disks. */
export { default as corrupt } from './corrupt.ts';
export { default as diskFull } from './full.ts';
export { default as powerLoss } from './power-loss.ts';
export { default as readOnly } from './read-only.ts';
export { default as slowDisk } from './slow.ts';
export { default as stuckDisk } from './stuck.ts';
export { default as truncate } from './truncate.ts';
