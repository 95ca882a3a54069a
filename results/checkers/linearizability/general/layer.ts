/** A breadth-first search's frontier: configurations without duplicates, each with how the search came there. */
import { configSet, type ConfigSet } from '../config-set.ts';
import type { CrashUsage } from '../crash-usage.ts';
import { ROOT } from './ancestry.ts';

export interface Layer extends Pick<ConfigSet, 'words' | 'size' | 'isLive' | 'clear'> {
  /** `node`: its last move in the ancestry. */
  add(config: Int32Array, node: number): void;
  nodeOf(index: number): number;
  setNode(index: number, node: number): void;
  /** By entry, up to `size`; those of superfluous ones are ROOT. */
  nodes(): Int32Array;
  bytes(): number;
}

export function layer(stride: number, usage: CrashUsage): Layer {
  const set = configSet(stride, usage, Infinity);
  let nodes = new Int32Array(64);
  return {
    words: () => set.words(),
    size: () => set.size(),
    isLive: (index) => set.isLive(index),
    clear() {
      set.clear();
    },
    add(config, node) {
      const index = set.add(config);
      if (index < 0) return;
      if (index >= nodes.length) {
        const larger = new Int32Array(2 * nodes.length);
        larger.set(nodes);
        nodes = larger;
      }
      nodes[index] = node;
    },
    nodeOf: (index) => nodes[index]!,
    setNode(index, node) {
      nodes[index] = node;
    },
    nodes() {
      for (let index = 0; index < set.size(); index++) if (!set.isLive(index)) nodes[index] = ROOT;
      return nodes.subarray(0, set.size());
    },
    bytes: () => set.bytes() + 4 * nodes.length,
  };
}
