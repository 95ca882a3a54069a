/**
 * The stretch of time that belongs to a block, for every block; and whether they can stand one after another.
 *
 * A block whose earliest completion F comes before its latest invocation S owns all in between: a *forward* zone [F, S]. One
 * with S before F needs only a moment there: a *backward* zone [S, F]. No two forward zones may overlap, and no backward
 * one may lie inside a forward one (Gibbons and Korach 1997).
 */
import type { Complaint } from './clusters.ts';

/** Numbers to a zone: its start; its end if it is forward, ~end if backward. */
export const ZONE_WORDS = 2;

export interface Zones {
  words: Int32Array;
  /** Numbers in use. */
  length: number;
}

/** Larger tables than this are not kept for the next call: numbers. */
const KEPT = 2 ** 23;

let kept = new Int32Array(0);

/** Room for `most` zones; what the last call gave is lost. */
export function zoneRoom(most: number): Zones {
  const words = kept.length >= most * ZONE_WORDS ? kept : new Int32Array(most * ZONE_WORDS);
  kept = words.length <= KEPT ? words : new Int32Array(0);
  return { words, length: 0 };
}

/** Complains of zones of a key that cannot stand one after another. `events`: all starts are below it. Sorts them. Linear. */
export function compareZones(zones: Zones, key: number, events: number, complain: Complaint): boolean {
  if (!sortNearly(zones)) sort(zones, events);
  const { words, length } = zones;
  let openFirst = -1;
  let openLast = -1;
  for (let at = 0; at < length; at += ZONE_WORDS) {
    const start = words[at]!;
    const end = words[at + 1]!;
    const first = end < 0 ? ~end : start;
    if (first < openLast) return complain(key, { events: [openFirst, openLast, start, end < 0 ? first : end] });
    if (end < 0) continue;
    openFirst = start;
    openLast = end;
  }
  return true;
}

/**
 * Sorts by start. Blocks come in order of invocation and start near that, so a zone's place is nearly always a few before;
 * where it is not, gives up and returns false.
 */
function sortNearly({ words, length }: Zones): boolean {
  let patience = 64 * length + 1024;
  for (let zone = ZONE_WORDS; zone < length; zone += ZONE_WORDS) {
    const start = words[zone]!;
    if (words[zone - ZONE_WORDS]! <= start) continue;
    const end = words[zone + 1]!;
    let at = zone;
    for (; at > 0 && words[at - ZONE_WORDS]! > start; at -= ZONE_WORDS) {
      words[at] = words[at - 2]!;
      words[at + 1] = words[at - 1]!;
    }
    words[at] = start;
    words[at + 1] = end;
    patience -= zone - at;
    if (patience < 0) return false;
  }
  return true;
}

/** Sorts by a table of events: no two zones start at the same one, and only that of an initial value before all. */
function sort(zones: Zones, events: number): void {
  const { words, length } = zones;
  const zoneAt = new Int32Array(events + 1).fill(-1);
  for (let at = 0; at < length; at += ZONE_WORDS) zoneAt[words[at]! + 1] = at;
  const sorted = new Int32Array(length);
  let next = 0;
  for (const at of zoneAt) {
    if (at < 0) continue;
    sorted.set(words.subarray(at, at + ZONE_WORDS), next);
    next += ZONE_WORDS;
  }
  words.set(sorted);
}
