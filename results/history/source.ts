/**
 * The bytes of a history file, in chunks, whatever it was compressed with.
 *
 * Compression is told by the first bytes, never by the name. A plain file is read in chunks; a compressed one is
 * decompressed in memory, since Node has no synchronous stream for it.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { Problem } from '../problem.ts';

/** More than this after decompression is refused: a few kilobytes can claim to be terabytes. */
const MAX_DECOMPRESSED_BYTES = 4 * 1024 ** 3 - 1;

export interface Source {
  /** Size of what will be read, after decompression. */
  readonly size: number;
  /** Fills `target` from `offset` on and returns the number of bytes; 0 at the end. */
  read(target: Uint8Array, offset: number): number;
  /** All bytes, where they are in memory anyway. */
  readonly whole?: Uint8Array;
  close(): void;
}

/** Opens a file for reading. Throws a `Problem` if it cannot be read or decompressed. */
export function openSource(path: string): Source {
  const fd = open(path);
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw new Problem(`${path} is a folder`, 'Name a history file, such as its history.jsonl.');
    const magic = new Uint8Array(4);
    readSync(fd, magic, 0, 4, 0);
    const decompress = decompressor(path, magic);
    if (decompress === undefined) return plain(path, fd, stat.size);
    const whole = decompress(readAll(fd, stat.size));
    closeSync(fd);
    return sourceOf(whole);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Bytes that are in memory already. */
export function sourceOf(whole: Uint8Array): Source {
  return { size: whole.length, whole, read: () => 0, close: () => undefined };
}

/** All bytes of a file, decompressed. */
export function readSource(path: string): Uint8Array {
  const source = openSource(path);
  try {
    if (source.whole !== undefined) return source.whole;
    if (source.size > MAX_DECOMPRESSED_BYTES) throw new Problem(`${path} is larger than 4 GiB`, 'Export it as JSONL.');
    const bytes = new Uint8Array(source.size);
    let length = 0;
    for (let n = source.read(bytes, 0); n > 0; n = source.read(bytes, length)) length += n;
    return bytes.subarray(0, length);
  } finally {
    source.close();
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new Problem(`${path} cannot be read: ${String(cause)}`, 'Name an existing history file.', { cause });
  }
}

function plain(path: string, fd: number, size: number): Source {
  return {
    size,
    read(target, offset) {
      try {
        return readSync(fd, target, offset, target.length - offset, null);
      } catch (cause) {
        throw new Problem(`${path} cannot be read: ${String(cause)}`, 'Check the disk.', { cause });
      }
    },
    close: () => closeSync(fd),
  };
}

function readAll(fd: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const n = readSync(fd, bytes, length, size - length, length);
    if (n === 0) break;
    length += n;
  }
  return bytes.subarray(0, length);
}

type Decompress = (bytes: Uint8Array) => Uint8Array;

function decompressor(path: string, magic: Uint8Array): Decompress | undefined {
  const [a, b, c, d] = magic;
  if (a === 0x1f && b === 0x8b) return (bytes) => gunzip(path, bytes);
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return (bytes) => unzstd(path, bytes);
  return undefined;
}

function gunzip(path: string, bytes: Uint8Array): Uint8Array {
  // The trailer's size lets zlib fill one buffer instead of joining many; deflate gains at most a factor of 1032.
  const claimed = bytes.length < 8 ? 0 : Buffer.from(bytes.subarray(-4)).readUInt32LE();
  const chunkSize = Math.max(1024, Math.min(claimed + 64, bytes.length * 1032, 2 ** 30));
  return decompressed(path, () => zlib.gunzipSync(bytes, { chunkSize, maxOutputLength: MAX_DECOMPRESSED_BYTES }));
}

/** zstd came to Node with 22.15 and 23.8. */
function unzstd(path: string, bytes: Uint8Array): Uint8Array {
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (b: Uint8Array, o: object) => Uint8Array };
  if (zstdDecompressSync === undefined) {
    throw new Problem(`${path} is compressed with zstd, which this Node cannot read`, `Run: zstd -d ${path}`);
  }
  return decompressed(path, () => zstdDecompressSync(bytes, { maxOutputLength: MAX_DECOMPRESSED_BYTES }));
}

function decompressed(path: string, run: () => Uint8Array): Uint8Array {
  try {
    return run();
  } catch (cause) {
    throw new Problem(`${path} cannot be decompressed: ${String(cause)}`, 'Compress the history again.', { cause });
  }
}
