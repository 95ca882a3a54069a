/** The clock fault. See `clock.ts`. */
export { clock } from './clock.ts';
export type { Bend, ClockPlan } from './plan.ts';
