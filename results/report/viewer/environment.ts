/** run.json, as a table: enough to know what was tested, with what, on what. */
import type { Data } from './data.ts';
import { el, section, table } from './dom.ts';

export function environmentSection({ header }: Data): HTMLElement {
  const rows = header.environment.map(([name, value]) => [{ text: name }, { text: value, kind: 'code' as const }]);
  return section(
    'environment',
    'Environment',
    rows.length > 0
      ? table('Everything recorded of this run in run.json', ['setting', 'value'], rows)
      : el('p', {}, 'There is no run.json: nothing is known of where this history was made.'),
  );
}
