/** The viewer's beginning: unpacks the block, makes the view, puts the sections into the page and binds the keys. */
import { bandsOf } from './bands.ts';
import { firstFrom, unpack, type Data } from './data.ts';
import { el } from './dom.ts';
import { environmentSection } from './environment.ts';
import { evidenceSection } from './evidence.ts';
import { explanationSection } from './explanation.ts';
import { windowForKey } from './gestures.ts';
import { neighbour } from './lane-index.ts';
import { latencySection } from './latency.ts';
import type { Mask } from './filter.ts';
import { logsSection } from './logs.ts';
import { timelineSection } from './timeline-section.ts';
import { centred } from './toolbar.ts';
import { verdictSection } from './verdict.ts';
import { makeView, NO_FILTER, wholeRun, type View } from './view.ts';

async function boot(): Promise<void> {
  const template = document.querySelector<HTMLTemplateElement>('#block');
  const main = document.querySelector('#main');
  const nav = document.querySelector('#nav');
  if (!template || !main || !nav) throw new Error('the page is cut short: it has no block of data at its tail');
  const data = await unpack(template.content.textContent);
  const bands = bandsOf(data.header.faults, data.header.durationNs);
  const view = makeView(firstState(data), (run) => requestAnimationFrame(run));
  const timeline = timelineSection(data, bands, view);
  const latency = latencySection(data, bands, view);
  const sections = [
    verdictSection(data),
    explanationSection(data, bands, view),
    timeline.element,
    latency.element,
    logsSection(data, bands, view),
    evidenceSection(data),
    environmentSection(data),
  ].filter((section) => section !== null);
  main.replaceChildren(...sections);
  nav.replaceChildren(
    ...sections.map((section) => el('a', { href: `#${section.id}` }, section.querySelector('h2')?.textContent ?? '')),
  );
  timeline.start();
  bindKeys(data, view, timeline);
  requestAnimationFrame(() => {
    // The frame with the timeline is out once the next task runs; the charts can follow it.
    setTimeout(() => {
      performance.mark('timeline');
      document.documentElement.dataset['ready'] = 'timeline';
      latency.start();
    });
  });
}

/** The failing key alone, when there is one; the whole run in sight. */
function firstState(data: Data) {
  const { anomalies, keys } = data.header;
  const failing = anomalies[0]?.key ?? null;
  const key = failing === null ? -1 : keys.indexOf(failing);
  return {
    ...wholeRun(data.header),
    cursorNs: null,
    filter: key > 0 ? { ...NO_FILTER, key } : NO_FILTER,
    anomaly: anomalies.length > 0 ? 0 : -1,
    chosen: -1,
    matches: [],
  };
}

function bindKeys(data: Data, view: View, timeline: ReturnType<typeof timelineSection>): void {
  const { toolbar } = timeline;
  const choose = (step: 1 | -1) => {
    const { chosen } = view.state;
    const mask = timeline.mask();
    const row =
      chosen < 0 ? firstPassing(data, mask, view.state.fromNs) : neighbour(timeline.index, data, mask, chosen, step);
    if (row >= 0) view.set({ chosen: row, ...centred(data, row, view.state) });
  };
  const actions: Readonly<Record<string, () => void>> = {
    j: () => toolbar.stepAnomaly(1),
    k: () => toolbar.stepAnomaly(-1),
    n: () => toolbar.stepMatch(1),
    N: () => toolbar.stepMatch(-1),
    '/': () => toolbar.focusSearch(),
    '.': () => choose(1),
    ',': () => choose(-1),
    Escape: () => view.set({ chosen: -1, filter: NO_FILTER, matches: [] }),
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const arrows = event.key.startsWith('Arrow') && !timeline.element.contains(document.activeElement);
    const window = arrows ? null : windowForKey(event.key, view, data.header);
    const action = actions[event.key];
    if (!window && !action) return;
    event.preventDefault();
    if (window) view.set(window);
    else action?.();
  });
}

function firstPassing(data: Data, mask: Mask, fromNs: number): number {
  let row = firstFrom(data, fromNs);
  while (mask && row < data.count && mask[row] === 0) row++;
  return row < data.count ? row : -1;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
  );
}

document.addEventListener('DOMContentLoaded', () => {
  boot().catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    document
      .querySelector('#main')
      ?.replaceChildren(el('p', { class: 'broken' }, `This report cannot be shown: ${text}`));
    throw error;
  });
});
