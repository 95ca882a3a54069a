/** The public face of the nemesis floor: faults, their schedules, and the proof that they took effect. */
export * from './fault.ts';
export * from './nemesis.ts';
export * from './schedule.ts';
