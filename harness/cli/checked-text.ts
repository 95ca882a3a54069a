/** What `ordeal check` prints: one history in full, many a line each with their sum, or JSON. */
import type { Colors } from 'picocolors/types.js';
import { shownPath, verdictText } from '../../results/index.ts';
import type { Checked } from './checked.ts';

export function wholeText({ path, verdict, report, failure }: Checked, colors: Colors): string {
  if (verdict) return `${shownPath(path)}\n${verdictText(verdict, report === undefined ? {} : { report }, colors)}`;
  return `${colors.red('error')}  ${failure?.message ?? ''}\n${colors.dim('remedy')} ${failure?.remedy ?? ''}\n`;
}

type State = 'valid' | 'invalid' | 'unknown' | 'error';

const stateOf = ({ verdict }: Checked): State => verdict?.judgement ?? 'error';

export const listing = {
  line(checked: Checked, colors: Colors): string {
    const { path, verdict, failure } = checked;
    const state = stateOf(checked);
    const paint = { valid: colors.green, invalid: colors.red, unknown: colors.yellow, error: colors.magenta }[state];
    const notes = (verdict?.notices ?? []).map((notice) => ` [${notice}]`).join('');
    const why = verdict ? `${verdict.sentence}${notes}` : (failure?.message ?? '');
    return `${paint(state.toUpperCase().padEnd(8))} ${shownPath(path)}  ${colors.dim(why)}\n`;
  },

  summary(all: readonly Checked[], found: number, colors: Colors): string {
    const count = (state: State) => all.filter((checked) => stateOf(checked) === state).length;
    const counts = [
      `${count('valid')} valid`,
      `${count('invalid')} invalid`,
      `${count('unknown')} unknown`,
      `${count('error')} that could not be judged`,
      ...(all.length < found ? [`${found - all.length} not begun`] : []),
    ];
    return `${colors.bold(`${found} histories`)}: ${counts.join(', ')}\n`;
  },
};

/** An object a history: its path, and its verdict or its `error` with a `remedy`. Integers beyond 2^53 are texts. */
export function jsonLine({ path, verdict, failure }: Checked): string {
  const plain = (_name: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
  const said = verdict ?? { error: failure?.message ?? '', remedy: failure?.remedy ?? '' };
  return JSON.stringify({ path, ...said }, plain) + '\n';
}
