/** The clock fault. See `clock.ts`. */
export { clock, clockFault } from './clock.ts';
export { httpDate } from './http-date.ts';
export type { OwnClock, OwnReading } from './own-clock.ts';
export type { Bend, ClockPlan } from './plan.ts';
