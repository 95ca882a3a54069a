/** Where a ruler of time has its marks, and what stands at them. */

export interface Tick {
  readonly ns: number;
  readonly text: string;
}

const STEPS_NS = [
  ...[1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400].map((s) => s * 1e9),
];

/** Round moments within a window, no more than `most` of them. */
export function ticksOf(fromNs: number, toNs: number, most: number): Tick[] {
  const step = STEPS_NS.find((ns) => (toNs - fromNs) / ns <= most) ?? 86400e9;
  const ticks: Tick[] = [];
  for (let i = Math.ceil(fromNs / step); i * step <= toNs && ticks.length <= most + 1; i++) {
    ticks.push({ ns: i * step, text: tickText(i * step, step) });
  }
  return ticks;
}

/** As many decimals as the step needs: `00:38`, `00:38.4`, `00:38.41250`. */
export function tickText(ns: number, stepNs: number): string {
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(stepNs / 1e9) - 1e-9)));
  const unit = 10 ** decimals;
  const whole = Math.round((ns / 1e9) * unit);
  const minutes = Math.floor(whole / (60 * unit));
  const rest = (whole - minutes * 60 * unit) / unit;
  const two = (n: number) => String(n).padStart(2, '0');
  const tail = `${two(minutes % 60)}:${rest.toFixed(decimals).padStart(decimals > 0 ? decimals + 3 : 2, '0')}`;
  return minutes >= 60 ? `${two(Math.floor(minutes / 60))}:${tail}` : tail;
}
