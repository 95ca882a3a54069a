/** All that a picture of the timeline is painted from. */
import type { Band } from './bands.ts';
import type { Data } from './data.ts';
import type { Mask } from './filter.ts';
import type { LaneIndex } from './lane-index.ts';
import type { Layout, Scale } from './layout.ts';
import type { Palette } from './palette.ts';
import type { Pyramid } from './pyramid.ts';

export interface Scene {
  readonly data: Data;
  readonly layout: Layout;
  readonly bands: readonly Band[];
  readonly index: LaneIndex;
  readonly pyramid: Pyramid;
  readonly mask: Mask;
  readonly scale: Scale;
  /** Width of the labels, and of the plot right of them, in CSS pixels. */
  readonly gutter: number;
  readonly width: number;
  readonly palette: Palette;
  /** Moments of the anomalies, the chosen one's operations (numbered in this order), and the search's matches. */
  readonly anomalies: readonly number[];
  readonly chosenAnomaly: number;
  readonly witnesses: readonly number[];
  readonly matches: readonly number[];
}
