/**
 * A node's log on the run's clock: every line with the moment it was written, as far as its own timestamp tells.
 *
 * Lines without a time (stack traces, continuations) belong to the line before them. Times without a zone are taken as
 * UTC, which is what containers run on.
 */

export interface TimedLines {
  readonly lines: readonly string[];
  /** Ms since the start of the run, never decreasing by less than the log itself does; negative before the start. */
  readonly timesMs: Int32Array;
  readonly dropped: number;
  readonly timed: boolean;
}

/** Enough for an hour of a talkative node, and small enough to open at once. */
const MOST_LINES = 20_000;
const LONGEST_LINE = 2_000;

type Reading = (match: RegExpExecArray, startedMs: number) => number;

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** The common formats, the most telling first. Each looks only at the beginning of a line. */
const FORMATS: readonly (readonly [RegExp, Reading])[] = [
  // 2026-11-22T02:01:38.412Z, 2026-11-22 02:01:38,412 +0100, and either inside JSON or after `time=`
  [
    /^.{0,40}?(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d\d:?\d\d)?/,
    ([, year, month, day, hour, minute, second, fraction, zone]) =>
      Date.UTC(num(year), num(month) - 1, num(day), num(hour), num(minute), num(second)) + ms(fraction) - zoneMs(zone),
  ],
  // glog: I1122 02:01:38.412345
  [
    /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{1,9})/,
    ([, month, day, hour, minute, second, fraction], startedMs) =>
      nearYear(startedMs, num(month) - 1, num(day), [hour, minute, second], fraction),
  ],
  // syslog: Nov 22 02:01:38
  [
    /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/,
    ([, name, day, hour, minute, second, fraction], startedMs) => {
      const month = MONTHS.indexOf(name ?? '') / 3;
      return Number.isInteger(month) && month >= 0
        ? nearYear(startedMs, month, num(day), [hour, minute, second], fraction)
        : NaN;
    },
  ],
  // redis: 22 Nov 2026 02:01:38.412
  [
    /^.{0,20}?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/,
    ([, day, name, year, hour, minute, second, fraction]) =>
      Date.UTC(num(year), MONTHS.indexOf(name ?? '') / 3, num(day), num(hour), num(minute), num(second)) + ms(fraction),
  ],
  // seconds or milliseconds since 1970 in JSON: "ts":1795312898.412
  [
    /^.{0,60}?"(?:ts|time|timestamp)"\s*:\s*(\d{10})(\d{3})?(?:\.(\d{1,9}))?/,
    ([, seconds, millis, fraction]) => num(seconds) * 1000 + (millis === undefined ? ms(fraction) : num(millis)),
  ],
];

/** `startedAt` is the ISO time of the run's start, by the controller's clock. */
export function timeLog(text: string, startedAt: string): TimedLines {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  const lines = all.slice(-MOST_LINES).map((line) => shorten(line.endsWith('\r') ? line.slice(0, -1) : line));
  const startedMs = Date.parse(startedAt);
  const timesMs = new Int32Array(lines.length);
  let last = NaN;
  let first = -1;
  lines.forEach((line, i) => {
    const at = lineTimeMs(line, startedMs) - startedMs;
    if (Number.isFinite(at)) {
      last = at;
      if (first < 0) first = i;
    }
    timesMs[i] = Number.isFinite(last) ? clamp(last) : 0;
  });
  if (first > 0) timesMs.fill(timesMs[first] ?? 0, 0, first);
  return { lines, timesMs, dropped: all.length - lines.length, timed: first >= 0 };
}

/** Ms since 1970 of the line's own timestamp, or NaN. The start of the run lends the year where a format has none. */
export function lineTimeMs(line: string, startedMs: number): number {
  for (const [pattern, read] of FORMATS) {
    const match = pattern.exec(line);
    if (match) {
      const at = read(match, startedMs);
      if (Number.isFinite(at)) return at;
    }
  }
  return NaN;
}

const num = (digits: string | undefined) => Number(digits ?? 0);
const ms = (fraction: string | undefined) => (fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000);
const clamp = (n: number) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(n)));
const shorten = (line: string) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line);

function zoneMs(zone: string | undefined): number {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '');
  return match ? (match[1] === '-' ? -1 : 1) * (num(match[2]) * 60 + num(match[3])) * 60_000 : 0;
}

/** The year that puts the moment closest to the run: a run may cross New Year. */
function nearYear(
  startedMs: number,
  month: number,
  day: number,
  [hour, minute, second]: readonly (string | undefined)[],
  fraction: string | undefined,
): number {
  const year = new Date(startedMs).getUTCFullYear();
  const moments = [year - 1, year, year + 1].map(
    (candidate) => Date.UTC(candidate, month, day, num(hour), num(minute), num(second)) + ms(fraction),
  );
  return moments.reduce((a, b) => (Math.abs(b - startedMs) < Math.abs(a - startedMs) ? b : a));
}
