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

export function configSet(stride: number, usage: CrashUsage, width: number): ConfigSet {
  let words = new Int32Array(64 * stride);
  let hashes = new Int32Array(64);
  /** The next rival of an entry, or -1. */
  let rival = new Int32Array(64);
  let dead = new Uint8Array(64);
  // A slot counts only if its stamp is the current one.
  let slots = new Int32Array(128);
  let stamps = new Int32Array(128);
  let stamp = 1;
  let size = 0;
  let truncated = false;

  const grow = () => {
    const capacity = hashes.length * 2;
    words = enlarged(words, capacity * stride);
    hashes = enlarged(hashes, capacity);
    rival = enlarged(rival, capacity);
    const deadBefore = dead;
    dead = new Uint8Array(capacity);
    dead.set(deadBefore);
    const heads: number[] = [];
    for (let slot = 0; slot < slots.length; slot++) if (stamps[slot] === stamp) heads.push(slots[slot]!);
    slots = new Int32Array(capacity * 2);
    stamps = new Int32Array(capacity * 2);
    stamp = 1;
    for (const head of heads) {
      let slot = hashes[head]! & (slots.length - 1);
      while (stamps[slot] === stamp) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = head;
      stamps[slot] = stamp;
    }
  };

  const isSame = (index: number, config: Int32Array): boolean => {
    const start = index * stride;
    if (words[start] !== config[VALUE]) return false;
    for (let word = USAGE + 1; word < stride; word++) if (words[start + word] !== config[word]) return false;
    return true;
  };

  const append = (config: Int32Array, hash: number): number => {
    if (size === hashes.length) grow();
    for (let word = 0; word < stride; word++) words[size * stride + word] = config[word]!;
    hashes[size] = hash;
    rival[size] = -1;
    dead[size] = 0;
    return size++;
  };

  /** Adds it beside those that differ in usage alone, the first of which is `head`. */
  const compete = (head: number, config: Int32Array, hash: number): number => {
    const used = config[USAGE]!;
    let live = 0;
    let last = head;
    let dearest = -1;
    for (let index = head; index >= 0; last = index, index = rival[index]!) {
      if (dead[index] === 1) continue;
      const other = words[index * stride + USAGE]!;
      if (usage.within(other, used)) return -1;
      if (usage.within(used, other)) dead[index] = 1;
      else {
        live++;
        if (dearest < 0 || usage.total(other) > usage.total(words[dearest * stride + USAGE]!)) dearest = index;
      }
    }
    if (live >= width) {
      truncated = true;
      if (usage.total(used) >= usage.total(words[dearest * stride + USAGE]!)) return -1;
      dead[dearest] = 1;
    }
    const index = append(config, hash);
    rival[last] = index;
    return index;
  };

  return {
    words: () => words,
    size: () => size,
    isLive: (index) => dead[index] === 0,
    drop(index) {
      dead[index] = 1;
    },
    add(config) {
      const hash = hashOf(config, stride);
      const mask = slots.length - 1;
      let slot = hash & mask;
      for (; stamps[slot] === stamp; slot = (slot + 1) & mask) {
        const head = slots[slot]!;
        if (hashes[head] === hash && isSame(head, config)) {
          return compete(head, config, hash);
        }
      }
      const capacity = hashes.length;
      const index = append(config, hash);
      if (hashes.length > capacity) {
        slot = hash & (slots.length - 1);
        while (stamps[slot] === stamp) slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = index;
      stamps[slot] = stamp;
      return index;
    },
    clear() {
      size = 0;
      stamp++;
    },
    truncated: () => truncated,
    bytes: () => 4 * (words.length + hashes.length + rival.length + slots.length + stamps.length) + dead.length,
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
