/**
 * The checkers by name: what a `CheckSpec` names is looked up here.
 *
 * To add one: write `(options) => (history, limits) => verdict`, and give it its line.
 */
import type { Value } from '../history/index.ts';
import type { Checker } from './checker.ts';
import { check } from './linearizability/index.ts';

/** Options as they stand in run.json; a checker throws a Problem on what it does not know. */
export type CheckerOptions = Readonly<Record<string, Value>>;

export const checkers: Readonly<Record<string, (options: CheckerOptions) => Checker>> = {
  linearizable: (options) => (history, limits) => check(history, options, limits),
};
