/**
 * A set of configurations, flat in one Int32Array, that is cleared in no time.
 *
 * A configuration is `stride` words: its value, the id of its crash usage, and masks. Those that differ in usage alone are kept
 * as rivals: one that used no more than another makes it superfluous, and no more than `width` rivals are kept, the
 * thriftiest.
 */
import type { CrashUsage } from './crash-usage.ts';

export const VALUE = 0;
export const USAGE = 1;

export interface ConfigSet {
  /** All `stride` words of each entry, one after another; valid until the next `add`. */
  words(): Int32Array;
  /** Number of entries, superfluous ones included. */
  size(): number;
  /** False for an entry that has become superfluous. */
  isLive(index: number): boolean;
  drop(index: number): void;
  /** The entry's index; -1 for a configuration that is there already or that another one makes superfluous. */
  add(config: Int32Array): number;
  clear(): void;
  /** Whether `width` ever left out a configuration that might have mattered. */
  truncated(): boolean;
  bytes(): number;
}

/** Entries that a set has room for at first: most are small, and there are many. */
const FIRST_CAPACITY = 16;
/** Beside its words an entry has its hash, the next of its rivals or -1, and whether it is superfluous. */
const [HASH, RIVAL, DEAD, NOTES] = [0, 1, 2, 3] as const;

export function configSet(stride: number, usage: CrashUsage, width: number): ConfigSet {
  let capacity = FIRST_CAPACITY;
  let words = new Int32Array(capacity * stride);
  let notes = new Int32Array(capacity * NOTES);
  // A slot is an entry's index and a stamp: it counts only if that is the current one.
  let slots = new Int32Array(capacity * 4);
  let mask = 2 * capacity - 1;
  let stamp = 1;
  let size = 0;
  let truncated = false;

  const grow = () => {
    const before = slots;
    capacity *= 2;
    words = enlarged(words, capacity * stride);
    notes = enlarged(notes, capacity * NOTES);
    slots = new Int32Array(capacity * 4);
    mask = 2 * capacity - 1;
    const old = stamp;
    stamp = 1;
    for (let slot = 0; slot < before.length; slot += 2) {
      if (before[slot + 1] === old) put(before[slot]!, notes[before[slot]! * NOTES + HASH]!);
    }
  };

  /** Into the first free slot. */
  const put = (index: number, hash: number) => {
    let slot = hash & mask;
    while (slots[2 * slot + 1] === stamp) slot = (slot + 1) & mask;
    slots[2 * slot] = index;
    slots[2 * slot + 1] = stamp;
  };

  const isSame = (index: number, config: Int32Array): boolean => {
    const start = index * stride;
    if (words[start] !== config[VALUE]) return false;
    for (let word = USAGE + 1; word < stride; word++) if (words[start + word] !== config[word]) return false;
    return true;
  };

  const append = (config: Int32Array, hash: number): number => {
    if (size === capacity) grow();
    for (let word = 0; word < stride; word++) words[size * stride + word] = config[word]!;
    notes[size * NOTES + HASH] = hash;
    notes[size * NOTES + RIVAL] = -1;
    notes[size * NOTES + DEAD] = 0;
    return size++;
  };

  /** Adds it beside those that differ in usage alone, the first of which is `head`. */
  const compete = (head: number, config: Int32Array, hash: number): number => {
    const used = config[USAGE]!;
    let live = 0;
    let last = head;
    let dearest = -1;
    for (let index = head; index >= 0; last = index, index = notes[index * NOTES + RIVAL]!) {
      if (notes[index * NOTES + DEAD] === 1) continue;
      const other = words[index * stride + USAGE]!;
      if (usage.within(other, used)) return -1;
      if (usage.within(used, other)) notes[index * NOTES + DEAD] = 1;
      else {
        live++;
        if (dearest < 0 || usage.total(other) > usage.total(words[dearest * stride + USAGE]!)) dearest = index;
      }
    }
    if (live >= width) {
      truncated = true;
      if (usage.total(used) >= usage.total(words[dearest * stride + USAGE]!)) return -1;
      notes[dearest * NOTES + DEAD] = 1;
    }
    const index = append(config, hash);
    notes[last * NOTES + RIVAL] = index;
    return index;
  };

  return {
    words: () => words,
    size: () => size,
    isLive: (index) => notes[index * NOTES + DEAD] === 0,
    drop(index) {
      notes[index * NOTES + DEAD] = 1;
    },
    add(config) {
      const hash = hashOf(config, stride);
      for (let slot = hash & mask; slots[2 * slot + 1] === stamp; slot = (slot + 1) & mask) {
        const head = slots[2 * slot]!;
        if (notes[head * NOTES + HASH] === hash && isSame(head, config)) return compete(head, config, hash);
      }
      const index = append(config, hash);
      put(index, hash);
      return index;
    },
    clear() {
      size = 0;
      stamp++;
    },
    truncated: () => truncated,
    bytes: () => 4 * (words.length + notes.length + slots.length),
  };
}

function hashOf(config: Int32Array, stride: number): number {
  let hash = Math.imul(config[VALUE]!, 0x9e3779b1);
  for (let word = USAGE + 1; word < stride; word++) {
    hash = Math.imul(hash ^ config[word]!, 0x85ebca6b);
    hash = (hash << 13) | (hash >>> 19);
  }
  return hash ^ (hash >>> 15);
}

function enlarged(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
