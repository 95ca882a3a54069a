/**
 * How a report of a million operations fares: written, opened, zoomed. Needs Chromium.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { findChromium, launchChromium } from './browser.ts';
import { countText } from './data/text.ts';
import { writeReport } from './html.ts';
import { writeSample } from './sample.ts';

/** A little more than a million: what a fault holds up is not made up for. */
const OPERATIONS = 1_020_000;
const OPENINGS = 5;

export async function benchReport(print: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ordeal-report-bench-'));
  try {
    const operations = await writeSample(folder, { operations: OPERATIONS, judgement: 'invalid' });
    const before = performance.now();
    const path = await writeReport(folder);
    print(`report of ${countText(operations)} operations: written in ${ms(performance.now() - before)}`);
    print(`  file size        ${((await stat(path)).size / 1e6).toFixed(1)} MB`);
    const chromium = findChromium();
    if (chromium === undefined) print('  opened and zoomed: not measured, no Chromium on this machine (set CHROMIUM)');
    else await inBrowser(chromium, pathToFileURL(path).href, print);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inBrowser(chromium: string, url: string, print: (line: string) => void): Promise<void> {
  const browser = await launchChromium(chromium);
  try {
    const opened: number[] = [];
    for (let i = 0; i < OPENINGS; i++) {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      await page.goto(url, { waitUntil: 'commit' });
      await page.waitForSelector('html[data-ready]');
      opened.push(await page.evaluate(firstPaintMs));
      if (i === OPENINGS - 1) await zoomed(page, print);
      await page.close();
    }
    print(`  opened in        ${ms(median(opened))} median of ${OPENINGS} (navigation to painted timeline)`);
  } finally {
    await browser.close();
  }
}

/** In the page: from the start of navigation to the frame after the timeline was painted. */
const firstPaintMs = `performance.getEntriesByName('timeline')[0]?.startTime ?? NaN`;

/** In the page: wheel events, one per frame, in and out again; ms to paint each change, and until its frame was out. */
const zoomScript = `(async () => {
  const canvas = document.querySelectorAll('.plot canvas')[1];
  const box = canvas.getBoundingClientRect();
  const plot = document.querySelector('.plot canvas');
  const costs = [];
  for (let i = 0; i < 120; i++) {
    const before = plot.dataset.painted;
    const at = performance.now();
    canvas.dispatchEvent(new WheelEvent('wheel', {
      deltaY: i < 60 ? -60 : 60, clientX: box.left + box.width * 0.6, clientY: box.top + 200, bubbles: true, cancelable: true,
    }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    if (plot.dataset.painted !== before) costs.push([Number(plot.dataset.cost), performance.now() - at]);
  }
  return costs;
})()`;

async function zoomed(page: Page, print: (line: string) => void): Promise<void> {
  for (const key of ['', 'Escape']) {
    if (key !== '') await page.keyboard.press(key);
    await page.waitForTimeout(400);
    const costs = await page.evaluate<[number, number][]>(zoomScript);
    const paints = costs.map(([paint]) => paint);
    const frames = costs.map(([, frame]) => frame);
    const what = key === '' ? 'failing key' : 'every op   ';
    print(
      `  zoom, ${what} ${ms(median(frames))} a frame, of which ${ms(median(paints))} are ours (medians of ${costs.length})`,
    );
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

function ms(n: number): string {
  return `${n < 10 ? n.toFixed(1) : Math.round(n)} ms`;
}
