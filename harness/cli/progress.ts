/** How far a check is: one line on a terminal that renews itself, and nothing where there is none. */
import type { Progress } from '../../results/index.ts';

const PERIOD_MS = 500;
const ERASE_LINE = '\r\u001b[K';

export interface ProgressLine {
  /** The next history. */
  begin(path: string): void;
  /** How many of its keys are decided. */
  readonly show: (progress: Progress) => void;
  /** Makes room for other text. */
  clear(): void;
  stop(): void;
}

/** `total`: histories. */
export function openProgress(total: number, stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  let [number, name, sinceMs] = [0, '', performance.now()];
  let keys: Progress | undefined;
  const paint = () => {
    if (!stream.isTTY) return;
    const seconds = Math.round((performance.now() - sinceMs) / 1000);
    const which = total > 1 ? `${number} of ${total}, ${name}: ` : '';
    const judged = keys ? `${keys.decided} of ${keys.total} keys judged, ` : '';
    stream.write(`${ERASE_LINE}${`${which}${judged}${seconds} s`.slice(0, (stream.columns || 80) - 1)}`);
  };
  const timer = setInterval(paint, PERIOD_MS).unref();
  return {
    begin(path) {
      number++;
      [name, sinceMs, keys] = [path, performance.now(), undefined];
    },
    show(progress) {
      keys = progress;
      paint();
    },
    clear() {
      if (stream.isTTY) stream.write(ERASE_LINE);
    },
    stop() {
      clearInterval(timer);
      if (stream.isTTY) stream.write(ERASE_LINE);
    },
  };
}
