/**
 * One uPlot chart on the run's time: it follows the view's window and cursor, and moves them.
 *
 * Fault bands are drawn behind the lines: the measured effect filled, the request as a faint frame.
 */
import uPlot from 'uplot';
import type { Header } from '../data/header.ts';
import type { Band } from './bands.ts';
import { el } from './dom.ts';
import { hatch, type Palette } from './palette.ts';
import { ticksOf, type Tick } from './ticks.ts';
import { gutterOf } from './layout.ts';
import { wholeRun, type View } from './view.ts';

export interface LineStyle {
  readonly label: string;
  readonly colour: keyof Palette;
  readonly dash: number[];
  readonly width: number;
}

export interface ChartSpec {
  readonly title: string;
  readonly lines: readonly LineStyle[];
  /** The values are logarithms to the base of ten: marks stand at whole powers. */
  readonly logarithmic: boolean;
  readonly format: (value: number) => string;
}

export interface Chart {
  readonly element: HTMLElement;
  draw(data: uPlot.AlignedData): void;
  /** Follow the window without new data: what is there is stretched until new data comes. */
  follow(): void;
  point(): void;
  rebuild(palette: Palette): void;
}

const HEIGHT = 180;

export function makeChart(spec: ChartSpec, bands: readonly Band[], view: View, header: Header): Chart {
  const element = el('div', { class: 'chart' });
  let plot: uPlot | null = null;
  let held: uPlot.AlignedData = [[], ...spec.lines.map(() => [])];
  let following = false;

  const follow = () => {
    if (!plot) return;
    following = true;
    plot.setScale('x', { min: view.state.fromNs / 1e9, max: view.state.toNs / 1e9 });
    following = false;
  };
  const zoomed = (chart: uPlot, scale: string) => {
    const { min, max } = chart.scales['x'] ?? {};
    if (scale !== 'x' || following || min == null || max == null) return;
    view.set({ fromNs: Math.max(0, min * 1e9), toNs: Math.min(header.durationNs, max * 1e9) });
  };
  const pointed = (chart: uPlot) => {
    const { left } = chart.cursor;
    view.set({ cursorNs: left === undefined || left < 0 ? null : chart.posToVal(left, 'x') * 1e9 });
  };
  const rebuild = (palette: Palette) => {
    plot?.destroy();
    following = true;
    const width = Math.max(200, element.clientWidth);
    plot = new uPlot(options(spec, bands, palette, width, { zoomed, pointed, view, header }), held, element);
    following = false;
    follow();
  };
  new ResizeObserver(() => plot?.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT })).observe(
    element,
  );
  return {
    element,
    rebuild,
    follow,
    draw: (data) => {
      held = data;
      if (!plot) return;
      plot.batch(() => {
        plot?.setData(data, false);
        follow();
      });
    },
    point: () => {
      const ns = view.state.cursorNs;
      const left = ns === null || !plot ? -10 : plot.valToPos(ns / 1e9, 'x');
      plot?.setCursor({ left, top: ns === null ? -10 : 0 }, false);
    },
  };
}

interface Wiring {
  readonly zoomed: (chart: uPlot, scale: string) => void;
  readonly pointed: (chart: uPlot) => void;
  readonly view: View;
  readonly header: Header;
}

function options(
  spec: ChartSpec,
  bands: readonly Band[],
  palette: Palette,
  width: number,
  wiring: Wiring,
): uPlot.Options {
  const axis = {
    stroke: palette.muted,
    grid: { stroke: palette.line, width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 0, 0, 0],
    cursor: {
      y: false,
      drag: { x: true, y: false, dist: 5 },
      points: { size: 5 },
      bind: { dblclick: () => () => (wiring.view.set(wholeRun(wiring.header)), null) },
    },
    scales: {
      x: { time: false, range: (_, min, max) => [min, max] },
      y: {
        range: (_, min, max) =>
          spec.logarithmic
            ? [Math.floor(min), Math.max(Math.floor(min) + 1, Math.ceil(max))]
            : [0, Math.max(1, max * 1.05)],
      },
    },
    axes: [
      {
        ...axis,
        size: 24,
        splits: (chart, _, min, max) => marks(chart, min, max).map(({ ns }) => ns / 1e9),
        values: (chart) => {
          const { min = 0, max = 1 } = chart.scales['x'] ?? {};
          return marks(chart, min, max).map(({ text }) => text);
        },
      },
      {
        ...axis,
        size: gutterOf(width),
        ...(spec.logarithmic ? { splits: (_, __, min, max) => powers(min, max) } : {}),
        values: (_, splits) => splits.map((value: number | null) => (value === null ? '' : spec.format(value))),
      },
    ],
    series: [
      {},
      ...spec.lines.map(({ label, colour, dash, width: stroke }) => ({
        label,
        stroke: palette[colour],
        width: stroke,
        dash,
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: {
      drawClear: [(chart) => drawBands(chart, bands, palette)],
      setScale: [wiring.zoomed],
      setCursor: [wiring.pointed],
    },
  };
}

/** The same marks as on the timeline's ruler. */
function marks(chart: uPlot, min: number, max: number): Tick[] {
  const width = chart.width - gutterOf(chart.width);
  return ticksOf(min * 1e9, max * 1e9, Math.max(2, width / 110));
}

function powers(min: number, max: number): number[] {
  return Array.from({ length: Math.max(1, Math.floor(max) - Math.ceil(min) + 1) }, (_, i) => Math.ceil(min) + i);
}

function drawBands(chart: uPlot, bands: readonly Band[], palette: Palette): void {
  const { ctx: pen, bbox } = chart;
  const at = (ns: number) => chart.valToPos(ns / 1e9, 'x', true);
  const pattern = hatch(pen, palette.fault);
  pen.save();
  pen.beginPath();
  pen.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  pen.clip();
  for (const { askedNs, askedToNs, effect } of bands) {
    pen.strokeStyle = palette.fault;
    pen.lineWidth = devicePixelRatio;
    pen.globalAlpha = 0.3;
    pen.setLineDash([4, 4]);
    pen.strokeRect(at(askedNs), bbox.top + 1, at(askedToNs) - at(askedNs), bbox.height - 2);
    pen.setLineDash([]);
    if (!effect) continue;
    pen.globalAlpha = 0.1;
    pen.fillStyle = palette.fault;
    const x = at(effect.fromNs);
    pen.fillRect(x, bbox.top, Math.max(1, at(effect.toNs) - x), bbox.height);
    pen.globalAlpha = 0.22;
    pen.fillStyle = pattern;
    pen.fillRect(x, bbox.top, Math.max(1, at(effect.toNs) - x), 6 * devicePixelRatio);
  }
  pen.restore();
}
