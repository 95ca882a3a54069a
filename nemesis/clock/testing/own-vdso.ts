/** The vDSO of the process that asks: a real one to test on. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

export function ownVdso(): Uint8Array {
  const [, start = '', end = ''] =
    /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m.exec(readFileSync('/proc/self/maps', 'latin1')) ?? [];
  const image = new Uint8Array(parseInt(end, 16) - parseInt(start, 16));
  const memory = openSync('/proc/self/mem', 'r');
  try {
    readSync(memory, image, 0, image.length, parseInt(start, 16));
  } finally {
    closeSync(memory);
  }
  return image.slice();
}
