/**
 * Where everything stands on the timeline: the ruler, the lanes under one another, and time across.
 *
 * Pure arithmetic; the painter and the pointer both ask here, so what is hit is what is seen.
 */
import type { Band } from './bands.ts';
import type { Header } from '../data/header.ts';
import type { Window } from './view.ts';

export type LaneKind = 'fault' | 'node' | 'process';

export interface Lane {
  readonly kind: LaneKind;
  /** Track of a fault, position among the nodes, or lane of processes. */
  readonly index: number;
  readonly label: string;
  readonly y: number;
  readonly height: number;
}

export interface Layout {
  readonly lanes: readonly Lane[];
  readonly nodes: readonly string[];
  /** Position among `nodes` by node id of the columns; -1 for "not recorded". */
  readonly nodeRow: Int32Array;
  readonly height: number;
}

export const RULER_HEIGHT = 34;
const GAP = 8;

export function layoutLanes(header: Header, bands: readonly Band[]): Layout {
  const nodes = nodeNames(header, bands);
  const tracks = bands.reduce((most, { track }) => Math.max(most, track + 1), 0);
  const lanes: Lane[] = [];
  let y = RULER_HEIGHT;
  const put = (kind: LaneKind, labels: readonly string[], height: number) => {
    labels.forEach((label, index) => {
      lanes.push({ kind, index, label, y, height });
      y += height;
    });
    if (labels.length > 0) y += GAP;
  };
  const faults = Array.from({ length: tracks }, (_, track) => (track === 0 ? 'faults' : ''));
  put('fault', faults, 20);
  put('node', nodes, 18);
  put('process', header.lanes, laneHeight(header.lanes.length));
  return { lanes, nodes, nodeRow: nodeRows(header, nodes), height: y };
}

/** Few lanes are comfortable, many still fit on a screen, and a thousand can be scrolled through. */
export function laneHeight(lanes: number): number {
  return Math.max(4, Math.min(18, Math.floor(480 / Math.max(1, lanes))));
}

function nodeNames(header: Header, bands: readonly Band[]): string[] {
  const names = new Set(header.nodes.filter((name) => name !== null));
  for (const { fault } of bands) for (const node of fault.nodes) names.add(node);
  return [...names].sort(new Intl.Collator('en', { numeric: true }).compare);
}

function nodeRows(header: Header, nodes: readonly string[]): Int32Array {
  return Int32Array.from(header.nodes, (name) => (name === null ? -1 : nodes.indexOf(name)));
}

/** Charts align to the same gutter. */
export function gutterOf(width: number): number {
  return width < 640 ? 64 : 104;
}

export function laneAt({ lanes }: Layout, y: number): Lane | null {
  return lanes.find((lane) => y >= lane.y && y < lane.y + lane.height) ?? null;
}

/** Time across: ns of the run to pixels of the plot, and back. */
export interface Scale {
  readonly fromNs: number;
  readonly nsPerPixel: number;
  x(ns: number): number;
  ns(x: number): number;
}

export function scaleOf({ fromNs, toNs }: Window, width: number): Scale {
  const nsPerPixel = (toNs - fromNs) / Math.max(1, width);
  return {
    fromNs,
    nsPerPixel,
    x: (ns) => (ns - fromNs) / nsPerPixel,
    ns: (x) => fromNs + x * nsPerPixel,
  };
}
