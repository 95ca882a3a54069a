import { expect, test } from 'vitest';
import { clampWindow, makeView, NO_FILTER, panWindow, windowAround, zoomWindow, type State } from './view.ts';

const RUN = 60e9;

test('zooming keeps the moment under the pointer where it is', () => {
  const before = { fromNs: 10e9, toNs: 30e9 };
  const after = zoomWindow(before, 0.5, 15e9, RUN);
  const share = (window: typeof before) => (15e9 - window.fromNs) / (window.toNs - window.fromNs);
  expect(after.toNs - after.fromNs).toBeCloseTo(10e9);
  expect(share(after)).toBeCloseTo(share(before));
});

test('no window leaves the run, is wider than it, or narrower than a microsecond', () => {
  expect(zoomWindow({ fromNs: 0, toNs: RUN }, 4, 1e9, RUN)).toEqual({ fromNs: 0, toNs: RUN });
  expect(panWindow({ fromNs: 0, toNs: 10e9 }, -0.5, RUN)).toEqual({ fromNs: 0, toNs: 10e9 });
  expect(clampWindow({ fromNs: 55e9, toNs: 75e9 }, RUN)).toEqual({ fromNs: 40e9, toNs: 60e9 });
  const narrow = zoomWindow({ fromNs: 1e9, toNs: 1e9 + 1500 }, 0.01, 1e9, RUN);
  expect(narrow.toNs - narrow.fromNs).toBe(1000);
});

test('a window around moments has air at both sides', () => {
  const { fromNs, toNs } = windowAround([12e9, 14e9], RUN);
  expect(fromNs).toBeLessThan(12e9);
  expect(toNs).toBeGreaterThan(14e9);
  expect(windowAround([], RUN)).toEqual({ fromNs: 0, toNs: RUN });
});

test('changes of one frame are told once, with the state before them', () => {
  const frames: (() => void)[] = [];
  const first: State = {
    fromNs: 0,
    toNs: RUN,
    cursorNs: null,
    filter: NO_FILTER,
    anomaly: -1,
    chosen: -1,
    matches: [],
  };
  const view = makeView(first, (run) => frames.push(run));
  const told: [number, number][] = [];
  view.listen((state, before) => told.push([before.fromNs, state.fromNs]));
  view.set({ fromNs: 1 });
  view.set({ fromNs: 2 });
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(told).toEqual([[0, 2]]);
});
