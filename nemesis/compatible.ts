/**
 * Which faults may be in force together.
 *
 * Two that harm the same part of the same node would undo each other, or each would be blamed for what the other did: a
 * `restart` starts what `kill` has ended, nothing can be frozen that is dead, `read-only` heals by a new start. So a fault
 * declares what it harms (`Fault.harms`), and whom a plan concerns (`Fault.victims`); where it does not say whom, it may be
 * anyone. A kill while clocks are skewed, a partition while a node is paused, a kill of one node while another is paused: all
 * these may be.
 */
import type { Fault } from './fault.ts';

export interface Intent {
  readonly fault: Fault;
  readonly plan: unknown;
}

export function compatible(one: Intent, other: Intent): boolean {
  return (
    !one.fault.harms.some((part) => other.fault.harms.includes(part)) || areApart(victimsOf(one), victimsOf(other))
  );
}

/** Null where it may be anyone. */
function victimsOf({ fault, plan }: Intent): readonly string[] | null {
  return fault.victims?.(plan) ?? null;
}

function areApart(some: readonly string[] | null, others: readonly string[] | null): boolean {
  return some !== null && others !== null && !some.some((name) => others.includes(name));
}
