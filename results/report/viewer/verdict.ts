/** The verdict's own section: what was found, who judged, and the command that repeats the trial. */
import { countText, spanText } from '../data/text.ts';
import type { AnomalyFacts } from '../data/header.ts';
import type { Data } from './data.ts';
import { el, said, section } from './dom.ts';

export function verdictSection({ header }: Data): HTMLElement {
  const { verdict, run, anomalies, evidence } = header;
  const reasons = [...verdict.reasons, ...(evidence?.missing ?? [])].filter((text, i, all) => all.indexOf(text) === i);
  const { valid, invalid, unknown } = verdict.keys;
  const keys = [`${countText(valid)} valid`, `${countText(invalid)} invalid`, `${countText(unknown)} unknown`];
  return section(
    'verdict',
    'Verdict',
    anomalies.length > 1 ? anomalyList(anomalies) : null,
    reasons.length > 0
      ? el(
          'div',
          { class: 'reasons' },
          el('p', {}, verdict.judgement === 'unknown' ? 'It stays unknown, because:' : 'What stays open:'),
          el('ul', {}, ...reasons.map((reason) => el('li', {}, said(reason)))),
        )
      : null,
    el(
      'dl',
      { class: 'facts' },
      el('dt', {}, 'checked'),
      el(
        'dd',
        {},
        `${countText(verdict.operations)} operations in ${spanText(verdict.durationMs * 1e6)}; keys: ${keys.join(', ')}`,
      ),
      el('dt', {}, 'by'),
      el('dd', {}, said(verdict.checker)),
    ),
    run.again === '' ? null : again(run.again),
  );
}

/** The clearest come first; all of them can be stepped through. */
const MOST_LISTED = 12;

function anomalyList(anomalies: readonly AnomalyFacts[]): HTMLElement {
  const listed = anomalies.slice(0, MOST_LISTED);
  const more = anomalies.length - listed.length;
  return el(
    'div',
    {},
    el(
      'ol',
      { class: 'anomalies' },
      ...listed.map(({ kind, sentence }) => el('li', {}, el('b', {}, said(kind)), ': ', said(sentence))),
    ),
    more > 0 ? el('p', {}, `and ${countText(more)} more: j and k step through all of them.`) : null,
  );
}

function again(command: string): HTMLElement {
  const code = el('code', {}, said(command));
  const told = el('span', { class: 'told', 'aria-live': 'polite' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      told.textContent = 'copied';
    } catch {
      getSelection()?.selectAllChildren(code);
      told.textContent = 'selected: press Ctrl+C';
    }
  };
  const button = el('button', { type: 'button', click: () => void copy() }, 'Copy');
  return el('div', { class: 'again' }, el('span', { class: 'label' }, 'again'), code, button, told);
}
