/**
 * What the nodes said: one list for all of them, scrolled by the cursor of the timeline and the charts.
 *
 * Only the rows in sight exist as elements, so a hundred thousand lines cost what thirty do.
 */
import { clockText, countText } from '../data/text.ts';
import type { Band } from './bands.ts';
import type { Data } from './data.ts';
import { el, fill, said, section } from './dom.ts';
import { faultTags, lineAt, mergeLogs, type LogLine } from './log-lines.ts';
import { clampWindow, type View } from './view.ts';

const ROW = 20;

export function logsSection(data: Data, bands: readonly Band[], view: View): HTMLElement {
  const { logs, durationNs } = data.header;
  if (logs.length === 0) {
    return section('logs', 'Node logs', el('p', {}, 'This run kept no node logs.'));
  }
  const hidden = new Set<number>();
  let all: LogLine[] | null = null;
  let lines: LogLine[] = [];
  let marked = -1;
  const needle = el('input', { type: 'search', placeholder: 'Only lines with …', 'aria-label': 'Filter log lines' });
  const count = el('output', { class: 'status' });
  const body = el('div', { class: 'lines' });
  const list = el(
    'div',
    { class: 'log', tabindex: 0, role: 'log', 'aria-label': 'Node logs', 'aria-live': 'off' },
    body,
  );

  const paint = () => {
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 5);
    const last = Math.min(lines.length, first + Math.ceil(list.clientHeight / ROW) + 10);
    body.style.height = `${lines.length * ROW}px`;
    fill(
      body,
      lines.slice(first, last).map((line, i) => row(line, first + i)),
    );
  };
  const row = (line: LogLine, at: number) => {
    const timed = logs[line.log]?.timed === true;
    const tags = (timed ? faultTags(bands, line) : []).map((tag) => el('span', { class: 'tag' }, '⚡ ', said(tag)));
    const element = el(
      'div',
      { class: at === marked ? 'line at' : 'line', title: line.text, click: () => goTo(line) },
      el('time', {}, timed ? clockText(line.timeMs * 1e6) : '–'),
      el('span', { class: 'node' }, said(logs[line.log]?.node ?? '')),
      ...tags,
      el('span', { class: 'text' }, said(line.text)),
    );
    element.style.top = `${at * ROW}px`;
    return element;
  };
  const goTo = (line: LogLine) => {
    const ns = line.timeMs * 1e6;
    const { fromNs, toNs } = view.state;
    const half = (toNs - fromNs) / 2;
    const inSight = ns >= fromNs && ns <= toNs;
    view.set({ cursorNs: ns, ...(inSight ? {} : clampWindow({ fromNs: ns - half, toNs: ns + half }, durationNs)) });
  };
  const select = () => {
    const text = needle.value.toLowerCase();
    all ??= mergeLogs(data);
    lines = all.filter((line) => !hidden.has(line.log) && (text === '' || line.text.toLowerCase().includes(text)));
    count.value = `${countText(lines.length)} lines${droppedText(data)}`;
    list.scrollTop = 0;
    paint();
  };
  const follow = (cursorNs: number | null) => {
    if (cursorNs === null || lines.length === 0) return;
    marked = lineAt(lines, cursorNs / 1e6);
    if (!list.matches(':hover')) list.scrollTop = Math.max(0, marked * ROW - list.clientHeight / 2);
    paint();
  };
  const boxes = logs.map(({ node }, log) => {
    const box = el('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', () => {
      if (box.checked) hidden.delete(log);
      else hidden.add(log);
      select();
    });
    return el('label', {}, box, ' ', said(node));
  });
  list.addEventListener('scroll', paint);
  needle.addEventListener('input', select);
  view.listen((state, before) => {
    if (state.cursorNs !== before.cursorNs) follow(state.cursorNs);
  });
  // Logs can be long; they are unpacked when somebody comes near them.
  const near = new IntersectionObserver(
    (entries) => {
      if (all || !entries.some(({ isIntersecting }) => isIntersecting)) return;
      near.disconnect();
      select();
    },
    { rootMargin: '400px' },
  );
  near.observe(list);
  return section(
    'logs',
    'Node logs',
    el('div', { class: 'toolbar' }, ...boxes, needle, count),
    list,
    el('p', { class: 'note' }, NOTE),
  );
}

const NOTE =
  'Times are the nodes’ own, put on the clock of the run by its start; a skewed node writes skewed times. Lines without a time stand with the line before them. A click moves the cursor.';

function droppedText({ header }: Data): string {
  const dropped = header.logs.reduce((sum, log) => sum + log.dropped, 0);
  return dropped === 0 ? '' : `; ${countText(dropped)} older ones are only in the run's folder`;
}
