/**
 * Who holds processes still: the `sigstop` fault, for as long as it is in force, and the clock fault, for the moment in which it
 * exchanges bytes. A process has one stopped state, not one for each of them, so neither may stop or continue
 * what the other is about to: what the fault has stopped is stopped before the clock looks, which then leaves it so; and
 * nothing is continued while bytes are exchanged.
 */

/** On the agent. The clock's program takes this lock too. */
export const HOLD_LOCK = '/tmp/ordeal-hold.lock';

/** The same script, run while nobody else stops or continues processes. */
export function holding(script: string): string {
  return `( flock 9 || exit 1\n${script}\n) 9> ${HOLD_LOCK}`;
}
