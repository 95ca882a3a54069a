/**
 * Wheel, pinch, drag and keys on the timeline, turned into changes of the window.
 *
 * The wheel zooms over the plot only; over the labels it scrolls the page, so that nobody is caught by a tall timeline.
 */
import type { Header } from '../data/header.ts';
import type { Scale } from './layout.ts';
import { panWindow, wholeRun, zoomWindow, clampWindow, type View, type Window } from './view.ts';

export interface Surface {
  readonly element: HTMLElement;
  readonly scale: () => Scale;
  readonly size: () => { readonly width: number; readonly gutter: number };
  readonly durationNs: number;
  /** A pointer that was not a drag: pixels of the plot. */
  readonly clicked: (x: number, y: number) => void;
  readonly hovered: (at: { x: number; y: number } | null) => void;
}

export function listenToGestures(surface: Surface, view: View): void {
  const { element } = surface;
  const plotX = (event: MouseEvent) => event.offsetX - surface.size().gutter;
  element.addEventListener(
    'wheel',
    (event) => {
      if (plotX(event) < 0) return;
      event.preventDefault();
      wheel(event, plotX(event), surface, view);
    },
    { passive: false },
  );
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  element.addEventListener('pointerdown', (event) => {
    if (plotX(event) < 0 || event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: plotX(event), y: event.offsetY });
    travelled = 0;
  });
  element.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    const now = { x: plotX(event), y: event.offsetY };
    if (!before) {
      surface.hovered(now.x >= 0 ? now : null);
      return;
    }
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    travelled += Math.abs(now.x - before.x);
    if (other) pinch(before.x, now.x, other.x, surface, view);
    else if (travelled > 3) drag(before.x - now.x, surface, view);
    pointers.set(event.pointerId, now);
  });
  const lift = (event: PointerEvent) => {
    const at = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (at && travelled <= 3 && event.type === 'pointerup') surface.clicked(at.x, at.y);
  };
  element.addEventListener('pointerup', lift);
  element.addEventListener('pointercancel', lift);
  element.addEventListener('pointerleave', () => surface.hovered(null));
}

function wheel(event: WheelEvent, x: number, surface: Surface, view: View): void {
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const across = event.shiftKey ? event.deltaY : event.deltaX;
  if (Math.abs(across) > Math.abs(event.shiftKey ? 0 : event.deltaY)) drag(across * lines, surface, view);
  else {
    // A pinch on a touch pad arrives as a wheel with ctrl, in smaller steps.
    const factor = Math.exp(event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002));
    view.set(zoomWindow(view.state, factor, surface.scale().ns(x), surface.durationNs));
  }
}

function drag(pixels: number, surface: Surface, view: View): void {
  const by = pixels * ((view.state.toNs - view.state.fromNs) / Math.max(1, surface.size().width));
  view.set(clampWindow({ fromNs: view.state.fromNs + by, toNs: view.state.toNs + by }, surface.durationNs));
}

function pinch(before: number, now: number, other: number, surface: Surface, view: View): void {
  const factor = Math.max(8, Math.abs(before - other)) / Math.max(8, Math.abs(now - other));
  view.set(zoomWindow(view.state, factor, surface.scale().ns((now + other) / 2), surface.durationNs));
}

/** The window a key asks for, or null. */
export function windowForKey(key: string, view: View, header: Header): Window | null {
  const { state } = view;
  const { durationNs } = header;
  const middle = state.cursorNs ?? (state.fromNs + state.toNs) / 2;
  const around = middle >= state.fromNs && middle <= state.toNs ? middle : (state.fromNs + state.toNs) / 2;
  switch (key) {
    case '+':
    case '=':
      return zoomWindow(state, 0.5, around, durationNs);
    case '-':
      return zoomWindow(state, 2, around, durationNs);
    case '0':
      return wholeRun(header);
    case 'ArrowLeft':
      return panWindow(state, -0.2, durationNs);
    case 'ArrowRight':
      return panWindow(state, 0.2, durationNs);
    default:
      return null;
  }
}
