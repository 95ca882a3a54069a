/**
 * What the page shows right now: one window of time, one cursor, one filter, one chosen anomaly and operation.
 *
 * Timeline, charts and logs all read it and all change it, which is what keeps them together. Changes made in one frame
 * are told once, before the next.
 */
import type { OutcomeName } from '../data/header.ts';

export interface Filter {
  /** Indices into the header's tables; null lets all through. */
  readonly key: number | null;
  readonly node: number | null;
  readonly f: number | null;
  readonly outcome: OutcomeName | null;
}

export const NO_FILTER: Filter = { key: null, node: null, f: null, outcome: null };

export interface State {
  /** The window, in ns of the run. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly cursorNs: number | null;
  readonly filter: Filter;
  /** Index into the anomalies, or -1. */
  readonly anomaly: number;
  /** The chosen operation's row, or -1. */
  readonly chosen: number;
  /** What the search found, in ascending order. */
  readonly matches: readonly number[];
}

export type Listener = (state: State, before: State) => void;

export interface View {
  readonly state: State;
  readonly set: (change: Partial<State>) => void;
  readonly listen: (listener: Listener) => void;
}

export function makeView(initial: State, nextFrame: (run: () => void) => void): View {
  let state = initial;
  let told = initial;
  let waiting = false;
  const listeners: Listener[] = [];
  const tell = () => {
    waiting = false;
    const before = told;
    told = state;
    for (const listener of listeners) listener(state, before);
  };
  return {
    get state() {
      return state;
    },
    set: (change) => {
      state = { ...state, ...change };
      if (waiting) return;
      waiting = true;
      nextFrame(tell);
    },
    listen: (listener) => {
      listeners.push(listener);
    },
  };
}

/** The narrowest window: a microsecond; the run's own length is the widest. */
const NARROWEST_NS = 1_000;

export interface Window {
  readonly fromNs: number;
  readonly toNs: number;
}

/** The window that a page opens with: from the first operation on. */
export function wholeRun({ fromNs, durationNs }: { fromNs: number; durationNs: number }): Window {
  return { fromNs, toNs: durationNs };
}

/** The window moved and narrowed until it lies within the run. */
export function clampWindow({ fromNs, toNs }: Window, durationNs: number): Window {
  const span = Math.min(durationNs, Math.max(toNs - fromNs, NARROWEST_NS));
  const from = Math.max(0, Math.min(fromNs, durationNs - span));
  return { fromNs: from, toNs: from + span };
}

/** Zoomed by `factor` (below 1 is closer) so that the moment `aroundNs` stays where it is. */
export function zoomWindow({ fromNs, toNs }: Window, factor: number, aroundNs: number, durationNs: number): Window {
  const span = Math.min(durationNs, Math.max((toNs - fromNs) * factor, NARROWEST_NS));
  const share = toNs > fromNs ? (aroundNs - fromNs) / (toNs - fromNs) : 0.5;
  const from = aroundNs - share * span;
  return clampWindow({ fromNs: from, toNs: from + span }, durationNs);
}

/** Moved by a share of its own width. */
export function panWindow({ fromNs, toNs }: Window, share: number, durationNs: number): Window {
  const by = (toNs - fromNs) * share;
  return clampWindow({ fromNs: fromNs + by, toNs: toNs + by }, durationNs);
}

/** A window around some moments, with air at both sides. */
export function windowAround(moments: readonly number[], durationNs: number): Window {
  const from = moments.reduce((a, b) => Math.min(a, b), Infinity);
  const to = moments.reduce((a, b) => Math.max(a, b), -Infinity);
  if (from > to) return { fromNs: 0, toNs: durationNs };
  const air = Math.max((to - from) * 0.35, 2_000_000);
  return clampWindow({ fromNs: from - air, toNs: to + air }, durationNs);
}
