/** Who is told what happens during a trial: the terminal, mostly. Every method is optional. */
import type { Tally } from './tally.ts';

export type Phase = 'start' | 'load' | 'heal' | 'final reads' | 'tear down' | 'check' | 'report' | 'done';

export interface TrialListener {
  onPhase?(phase: Phase): void;
  /** What the runtime is at while the cluster starts. */
  onProgress?(message: string): void;
  onFolder?(folder: string): void;
  /** Once, before the load: `read` gives the figures of the moment. */
  onLoad?(read: () => Tally): void;
  /** The faults in force now. */
  onFaults?(inForce: readonly string[]): void;
}
