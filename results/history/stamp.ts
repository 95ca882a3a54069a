/**
 * What tells whether a file is still the one that something was derived from: its size, its time of change, and a
 * checksum of samples all over it, for copies that keep size and time. Reads at most 200 KiB.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

export interface Stamp {
  readonly size: number;
  readonly mtimeNs: string;
  readonly samples: number;
}

const EDGE_BYTES = 64 * 1024;
const SAMPLE_BYTES = 4096;
const SAMPLES = 16;

export function stampOf(path: string): Stamp {
  const fd = openSync(path, 'r');
  try {
    const { size, mtimeNs } = fstatSync(fd, { bigint: true });
    return { size: Number(size), mtimeNs: String(mtimeNs), samples: samplesOf(fd, Number(size)) };
  } finally {
    closeSync(fd);
  }
}

export function isSameStamp(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.samples === b.samples;
}

function samplesOf(fd: number, size: number): number {
  const buffer = new Uint8Array(EDGE_BYTES);
  let crc = 0;
  const add = (at: number, length: number) => {
    const n = readSync(fd, buffer, 0, length, Math.max(0, at));
    crc = crc32(buffer.subarray(0, n), crc);
  };
  add(0, EDGE_BYTES);
  for (let i = 1; i < SAMPLES; i++) add(Math.floor((size * i) / SAMPLES), SAMPLE_BYTES);
  add(size - EDGE_BYTES, EDGE_BYTES);
  return crc;
}
