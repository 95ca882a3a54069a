/** Exit codes, and how a verb's outcome and errors become one. */
import type { Verdict } from '../../results/index.ts';
import { Problem } from '../../results/index.ts';

export const EXIT = {
  valid: 0,
  /** A promise was broken. */
  invalid: 1,
  /** Unknown or vacuous. */
  unknown: 2,
  /** The target did not start, the harness could not go on, or a tool is missing. */
  failure: 4,
  usage: 64,
  interrupted: 130,
} as const;

/** A command line that makes no sense: exit code 64. */
export class UsageProblem extends Problem {}

/** The strongest wins: a violation outranks a broken run, that an interrupt, and that an unknown. */
export function exitCodeOf(
  outcomes: readonly { readonly verdict?: Verdict; readonly failure?: unknown }[],
  interrupted: boolean,
): number {
  const judgements = outcomes.map(({ verdict }) => verdict?.judgement);
  if (judgements.includes('invalid')) return EXIT.invalid;
  if (interrupted) return EXIT.interrupted;
  if (outcomes.some(({ failure }) => failure !== undefined)) return EXIT.failure;
  return judgements.includes('unknown') ? EXIT.unknown : EXIT.valid;
}
