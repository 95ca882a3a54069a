/** Which configurations of a register's frontier are superfluous, because another one can do all that they can. */
import { USAGE, type ConfigSet } from './config-set.ts';
import type { CrashUsage } from './crash-usage.ts';
import type { OpenOperations } from './open-operations.ts';

/** Configurations beyond which it is not looked for: it takes the square of their number. */
const COVER_MAX = 96;

/** Drops configurations that another one covers. `unwanted`: the value that any other can stand for; -1 if none. */
export function dropCovered(
  set: ConfigSet,
  stride: number,
  open: OpenOperations,
  usage: CrashUsage,
  unwanted: number,
): void {
  const size = set.size();
  if (size < 2 || size > COVER_MAX) return;
  const { width } = open;
  const words = set.words();
  const covers = (a: number, b: number): boolean => {
    if (words[a] !== words[b] && words[b] !== unwanted) return false;
    for (let word = 0; word < width; word++) {
      const [doneA, doneB] = [words[a + 2 + word]!, words[b + 2 + word]!];
      const [freeA, freeB] = [words[a + 2 + width + word]!, words[b + 2 + width + word]!];
      const differ = doneA ^ doneB;
      const [writes, cas] = [open.writes[word]!, open.cas[word]!];
      if ((differ & cas) !== 0) return false;
      if (((differ | (freeA ^ freeB)) & writes & ~freeA) !== 0) return false;
      if ((doneB & ~doneA & ~writes & ~cas) !== 0) return false;
    }
    return usage.within(words[a + USAGE]!, words[b + USAGE]!);
  };
  for (let a = 0; a < size; a++) {
    if (!set.isLive(a)) continue;
    for (let b = 0; b < size; b++) {
      if (a !== b && set.isLive(b) && set.isLive(a) && covers(a * stride, b * stride)) set.drop(b);
    }
  }
}
