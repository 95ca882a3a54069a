/** The public face of the nemesis floor: faults, their schedules, and the proof that they took effect. */
export * from './fault.ts';
export * from './nemesis.ts';
export * from './schedule.ts';
export * from './clock/index.ts';
export * from './disk/index.ts';
export { default as cutClients } from './clients.ts';
export { default as kill } from './kill.ts';
export { default as memory } from './memory.ts';
export { replace, shrink } from './membership.ts';
export { default as packets } from './packets.ts';
export { default as partition } from './partition.ts';
export { default as pause } from './pause.ts';
export { isolatePrimaries, killPrimaries, pausePrimaries } from './primaries.ts';
export { default as restart } from './restart.ts';
export { default as sigstop } from './sigstop.ts';
export { default as slow } from './slow.ts';
export { default as stop } from './stop.ts';
export { default as unplug } from './unplug.ts';
