/**
 * Reports in a real Chromium. Where none is found the tests are skipped and say so; ORDEAL_REQUIRE_BROWSER=1 makes that a
 * failure.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromEvents, writeHistory, type HistoryEvent } from '../history/index.ts';
import type { Judgement, Verdict } from '../verdict.ts';
import { findChromium, launchChromium } from './browser.ts';
import { writeReport } from './html.ts';
import { writeSample } from './sample.ts';

const chromium = findChromium();
const required = process.env['ORDEAL_REQUIRE_BROWSER'] === '1';
const skipped = chromium === undefined && !required;
const why = skipped ? ' (SKIPPED: no Chromium found; install chromium or set CHROMIUM)' : '';
/** Of one test, on a machine that is busy with others. */
const TIMEOUT_MS = 30_000;

/** Each would do something if any text of the system under test were taken as markup, or as a format. */
const HOSTILE = `</script></template><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'"&\u202e\u0000\u001b[31m`;

interface Screen {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
}

describe.skipIf(skipped)(`the report in Chromium${why}`, { timeout: TIMEOUT_MS }, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const urls = new Map<string, string>();

  beforeAll(async () => {
    if (chromium === undefined) throw new Error('ORDEAL_REQUIRE_BROWSER=1, but there is no Chromium: set CHROMIUM');
    folder = await mkdtemp(join(tmpdir(), 'ordeal-report-'));
    const make = async (name: string, judgement: Judgement, hostile?: string) => {
      const run = join(folder, name);
      await writeSample(run, { operations: 4000, judgement, ...(hostile === undefined ? {} : { hostile }) });
      urls.set(name, pathToFileURL(await writeReport(run)).href);
    };
    await make('invalid', 'invalid');
    await make('valid', 'valid');
    await make('unknown', 'unknown');
    await make('hostile', 'invalid', HOSTILE);
    urls.set('bare', await bareRun(join(folder, 'bare')));
    urls.set('twice', await judgedTwice(join(folder, 'twice')));
    browser = await launchChromium(chromium);
    page = await browser.newPage();
  }, TIMEOUT_MS);

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a report, does something with it, and sees that nothing was fetched and nothing complained. */
  async function withPage(name: string, use: (page: Page) => Promise<void>, screen: Screen = {}): Promise<void> {
    const { scheme = 'light', width = 1300 } = screen;
    const url = urls.get(name) ?? '';
    const complaints: string[] = [];
    const requests: string[] = [];
    page.removeAllListeners();
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.mouse.move(0, 0);
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(url);
    await page.waitForSelector('html[data-ready]');
    await use(page);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([url]);
  }

  const text = async (page: Page, selector: string) => (await page.textContent(selector)) ?? '';
  const painted = (page: Page) => page.getAttribute('.plot canvas', 'data-painted').then((told) => told ?? '');
  const shot = (page: Page) => page.evaluate<string>(`document.querySelector('.plot canvas').toDataURL()`);
  /** How many pixels of the timeline have just this colour of the palette. */
  const pixels = (page: Page, colour: string) =>
    page.evaluate<number>(`(() => {
      const { width, height } = document.querySelector('.plot canvas');
      const copy = Object.assign(document.createElement('canvas'), { width, height });
      const pen = copy.getContext('2d', { willReadFrequently: true });
      pen.drawImage(document.querySelector('.plot canvas'), 0, 0);
      const seen = pen.getImageData(0, 0, width, height).data;
      const hex = getComputedStyle(document.documentElement).getPropertyValue('--${colour}').trim();
      const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
      let count = 0;
      for (let i = 0; i < seen.length; i += 4) if (seen[i] === r && seen[i + 1] === g && seen[i + 2] === b) count++;
      return count;
    })()`);
  /** What was changed is told before the next frame, and painted in it. */
  const settled = (page: Page) =>
    page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');

  test.each([
    ['invalid', 'INVALID', '✗'],
    ['valid', 'VALID', '✓'],
    ['unknown', 'UNKNOWN', '?'],
  ])('a run that is %s says so in a word, a glyph and a sentence', (name, word, glyph) =>
    withPage(name, async (page) => {
      expect(await page.isVisible('h1')).toBe(true);
      expect(await text(page, 'h1 .word')).toBe(word);
      expect(await text(page, 'h1 .glyph')).toBe(glyph);
      expect((await text(page, '.sentence')).length).toBeGreaterThan(20);
      expect(await text(page, '.again code')).toContain('ordeal run etcd -w register');
      expect(await page.isVisible('#explanation')).toBe(name === 'invalid');
    }),
  );

  test('an unknown run says what is missing, and which fault was not seen', () =>
    withPage('unknown', async (page) => {
      expect(await text(page, '#verdict .reasons')).toContain('the effect of 1 of 3 faults was never seen');
      expect(await text(page, '#evidence table:has-text("first effect")')).toContain('✗ NOT SEEN');
    }));

  test('the explanation names the operations that prove it, and their order', () =>
    withPage('invalid', async (page) => {
      expect(await text(page, '#explanation .lead')).toMatch(/stale read: key 17: process \d+ read \d+ from n2/);
      const witnesses = await page.locator('#explanation .witnesses li').allTextContents();
      expect(witnesses).toHaveLength(3);
      expect(witnesses[1]).toMatch(/process \d+ on n4: write \d+/);
      expect(witnesses[2]).toMatch(/process \d+ on n2: read → \d+/);
      expect(await page.locator('#explanation svg .badge').count()).toBe(3);
      expect(await page.locator('#explanation svg .before').count()).toBe(2);
      expect(await text(page, '#explanation .order')).toMatch(/1 ended at .* before 2 began/);
      expect(await text(page, '#explanation table')).toContain('cannot be placed');
      expect(await text(page, '#explanation')).toMatch(
        /No fault was in force; the last one before, pause n4, had ended [\d.]+ s earlier/,
      );
    }));

  test('wheel, keys, drag and buttons change what the timeline shows', () =>
    withPage('invalid', async (page) => {
      const span = async () => {
        const [from = '0', to = '0'] = (await painted(page)).split(' ');
        return Number(to) - Number(from);
      };
      const whole = await span();
      const first = await shot(page);
      const box = await page.locator('.plot').boundingBox();
      if (!box) throw new Error('the timeline has no place on the page');
      await page.locator('.plot').scrollIntoViewIfNeeded();
      await page.locator('.plot').hover({ position: { x: box.width * 0.6, y: 120 } });
      await page.mouse.wheel(0, -400);
      await expect.poll(span).toBeLessThan(whole * 0.6);
      expect(await shot(page)).not.toBe(first);
      const zoomed = await painted(page);
      await page.mouse.down();
      await page.mouse.move(400, 400, { steps: 4 });
      await page.mouse.up();
      await settled(page);
      expect(await painted(page)).not.toBe(zoomed);
      await page.locator('.plot').focus();
      const dragged = await painted(page);
      await page.keyboard.press('ArrowRight');
      await settled(page);
      expect(await painted(page)).not.toBe(dragged);
      const before = await span();
      await page.keyboard.press('+');
      await settled(page);
      expect(await span()).toBeCloseTo(before / 2, -3);
      await page.keyboard.press('0');
      await settled(page);
      expect(await span()).toBe(whole);
    }));

  test('what is painted is what the filter lets through, from afar and from near', () =>
    withPage('valid', async (page) => {
      const outcomes = async () => {
        await settled(page);
        const counts = [];
        for (const name of ['ok', 'fail', 'info']) counts.push((await pixels(page, name)) > 20);
        return counts;
      };
      const choose = (outcome: string) => page.selectOption('select[aria-label="Filter by outcome"]', outcome);
      expect(await outcomes()).toEqual([true, true, true]);
      await choose('fail');
      expect(await outcomes()).toEqual([false, true, false]);
      await choose('info');
      expect(await outcomes()).toEqual([false, false, true]);
      await choose('ok');
      for (let i = 0; i < 8; i++) await page.keyboard.press('+');
      expect(await outcomes()).toEqual([true, false, false]);
      await choose('');
      await page.keyboard.press('0');
      await settled(page);
      const faults = await pixels(page, 'fault');
      expect(faults).toBeGreaterThan(100);
    }));

  test('it starts with the failing key, and jumps to the anomaly', () =>
    withPage('invalid', async (page) => {
      expect(await page.locator('select[aria-label="Filter by key"] option:checked').textContent()).toBe('key 17');
      expect(await text(page, '#timeline .status')).toMatch(/^\d+ of \d,\d{3} operations/);
      await page.getByRole('button', { name: 'Jump to first anomaly' }).click();
      await settled(page);
      const [from = '0', to = '0'] = (await painted(page)).split(' ');
      expect(Number(to) - Number(from)).toBeLessThan(2e9);
      await page.locator('#timeline summary').click();
      await page.waitForSelector('#timeline tbody tr');
      const rows = await page.locator('#timeline tbody tr').allTextContents();
      expect(rows.some((row) => /write \d+/.test(row))).toBe(true);
      expect(rows.every((row) => row.includes('17'))).toBe(true);
      await page.keyboard.press('Escape');
      await settled(page);
      expect(await text(page, '#timeline .status')).toMatch(/^\d,\d{3} operations/);
    }));

  test('search finds, steps through and shows what it found', () =>
    withPage('valid', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('outcome:fail');
      await page.keyboard.press('Enter');
      await settled(page);
      expect(await text(page, '#timeline .status')).toMatch(/[1-9]\d* matches/);
      expect(await text(page, '.panel')).toContain('it certainly did not happen');
      expect(await text(page, '.panel')).toContain('etcdserver: request timed out');
      const found = await text(page, '.panel');
      await page.locator('.plot').focus();
      await page.keyboard.press('n');
      await settled(page);
      expect(await text(page, '.panel')).not.toBe(found);
    }));

  test('an operation of a valid run has its place in the order found, and the state around it', () =>
    withPage('valid', async (page) => {
      await page.keyboard.press('.');
      await settled(page);
      expect(await text(page, '.panel')).toMatch(/order.*#\d+ of \d+ in the order found.*model state/s);
    }));

  test('hovering an operation shows what is known of it, and the model around it', () =>
    withPage('invalid', async (page) => {
      await page.keyboard.press('j');
      await settled(page);
      await page.locator('.plot').scrollIntoViewIfNeeded();
      const at = await page.evaluate<{ x: number; y: number }>(`(() => {
        const canvas = document.querySelector('.plot canvas');
        const { width, height } = canvas;
        const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
        const bad = getComputedStyle(document.documentElement).getPropertyValue('--bad').trim();
        const [r, g, b] = [1, 3, 5].map((i) => parseInt(bad.slice(i, i + 2), 16));
        for (let y = height - 1; y > 0; y--) for (let x = 0; x < width; x++) {
          const i = (y * width + x) * 4;
          if (pixels[i] === r && pixels[i + 1] === g && pixels[i + 2] === b) return { x, y };
        }
      })()`);
      await page.locator('.plot').hover({ position: { x: at.x + 8, y: at.y - 6 } });
      await settled(page);
      expect(await text(page, '.tip')).toMatch(/read → \d+.*✓ ok.*model state.*cannot be placed/s);
    }));

  test('neighbours of the chosen operation are a key away', () =>
    withPage('valid', async (page) => {
      await page.keyboard.press('.');
      await settled(page);
      const first = await text(page, '.panel');
      await page.keyboard.press('.');
      await settled(page);
      const second = await text(page, '.panel');
      expect(second).not.toBe(first);
      await page.keyboard.press(',');
      await settled(page);
      expect(await text(page, '.panel')).toBe(first);
    }));

  test('j and k go from anomaly to anomaly, and the explanation goes with them', () =>
    withPage('twice', async (page) => {
      expect(await page.locator('#verdict .anomalies li').count()).toBe(2);
      expect(await text(page, '#explanation .lead')).toContain('stale read');
      await page.keyboard.press('j');
      await settled(page);
      expect(await text(page, '#explanation .lead')).toContain('lost write');
      expect(await text(page, '#explanation .witnesses')).toContain('read → 1');
      const second = await painted(page);
      await page.keyboard.press('k');
      await settled(page);
      expect(await text(page, '#explanation .lead')).toContain('stale read');
      expect(await painted(page)).not.toBe(second);
    }));

  test('a history alone, never judged and even empty, still makes a page', () =>
    withPage('bare', async (page) => {
      expect(await text(page, 'h1 .word')).toBe('UNKNOWN');
      expect(await text(page, '#verdict .reasons')).toContain('There is no verdict.json');
      expect(await text(page, '#environment')).toContain('There is no run.json');
      await page.keyboard.press('+');
      await settled(page);
    }));

  test('charts and logs follow the timeline', () =>
    withPage('invalid', async (page) => {
      await page.waitForSelector('.uplot');
      await page.locator('#logs').scrollIntoViewIfNeeded();
      await page.waitForSelector('.log .line');
      const chart = () => page.evaluate<string>(`document.querySelector('.uplot canvas').toDataURL()`);
      const before = await chart();
      await page.locator('.plot').hover({ position: { x: 700, y: 200 } });
      await settled(page);
      expect(await text(page, '.log .line.at')).toMatch(/00:\d\d\.\d{3}n\d/);
      expect(await text(page, '#latency .status')).toMatch(/p99 [\d.]+ ms/);
      await page.mouse.wheel(0, -600);
      await expect.poll(chart).not.toBe(before);
      expect(await page.locator('.log .tag').allTextContents()).not.toEqual([]);
    }));

  test('hostile text stays text', () =>
    withPage('hostile', async (page) => {
      await page.keyboard.press('Escape');
      await page.locator('#logs').scrollIntoViewIfNeeded();
      await page.waitForSelector('.log .line');
      await page.keyboard.press('/');
      await page.keyboard.type('outcome:fail');
      await page.keyboard.press('Enter');
      await settled(page);
      for (const details of await page.locator('summary').all()) await details.click();
      await settled(page);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('script').count()).toBe(1);
      const shown = await page.evaluate<string>('document.documentElement.innerText');
      expect(shown).toContain('<img src=x onerror=');
      expect(shown).toContain('\\u202e\\x00\\x1b[31m');
      expect(shown).not.toMatch(/[\u202e\u0000\u001b]/);
      for (const place of ['.sentence', '.run', '.panel', '#explanation .lead', '.log', '#environment']) {
        expect(await text(page, place)).toContain('</script></template>');
      }
    }));

  test.each(['light', 'dark'] as const)('text has enough contrast in %s mode', (colorScheme) =>
    withPage(
      'invalid',
      async (page) => {
        await page.keyboard.press('j');
        await page.locator('#logs').scrollIntoViewIfNeeded();
        await page.waitForSelector('.log .line');
        const poor = await page.evaluate<string[]>(CONTRAST);
        expect(poor).toEqual([]);
        const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        expect(paper).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(255, 255, 255)');
      },
      { scheme: colorScheme },
    ),
  );

  test('a narrow screen has no sideways scrolling of the page', () =>
    withPage(
      'invalid',
      async (page) => {
        const [inner, scroll] = await page.evaluate<[number, number]>(
          '[innerWidth, document.documentElement.scrollWidth]',
        );
        expect(scroll).toBeLessThanOrEqual(inner);
      },
      { width: 380 },
    ));
});

/** A folder with an empty history and nothing else. */
async function bareRun(folder: string): Promise<string> {
  await mkdir(folder);
  await writeFile(join(folder, 'history.jsonl'), '');
  return pathToFileURL(await writeReport(folder)).href;
}

/** A folder with two anomalies, half a minute apart. */
async function judgedTwice(folder: string): Promise<string> {
  const op = (process: number, f: string, value: number, fromNs: number): HistoryEvent[] => [
    { process, type: 'invoke', f, value: f === 'read' ? null : value, timeNs: fromNs },
    { process, type: 'ok', f, value, timeNs: fromNs + 5e6 },
  ];
  const events = [
    ...op(0, 'write', 1, 1e9),
    ...op(0, 'write', 2, 2e9),
    ...op(1, 'read', 1, 3e9),
    ...op(0, 'write', 3, 32e9),
    ...op(1, 'read', 1, 33e9),
  ];
  const verdict: Verdict = {
    judgement: 'invalid',
    sentence: 'Twice.',
    anomalies: [
      { kind: 'stale read', sentence: 'the first', events: [2, 4], explanation: { smallest: [0, 2, 4], steps: [] } },
      { kind: 'lost write', sentence: 'the second', events: [6, 9] },
    ],
    reasons: [],
    checker: { name: 'linearizable', version: '1', operations: 5, durationMs: 1 },
    keys: { valid: 0, invalid: 1, unknown: 0 },
  };
  await mkdir(folder);
  writeHistory(fromEvents(events), join(folder, 'history.jsonl'));
  await writeFile(join(folder, 'verdict.json'), JSON.stringify(verdict));
  return pathToFileURL(await writeReport(folder)).href;
}

/** In the page: every element with text of its own whose contrast is below WCAG AA (4.5; 3 for large text). */
const CONTRAST = `(() => {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const channels = (colour) => {
    if (!known.has(colour)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      known.set(colour, [...pen.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = channels(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.closest('svg, script, template, noscript, option') || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(channels(style.color)), luminance(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) poor.push(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2) + ' ' + element.textContent.slice(0, 40));
  }
  return poor;
})()`;
