/**
 * What an instruction set must offer to bend a clock, and the blob of stubs and data that both of ours are laid out in.
 *
 * A blob is the code, then 16 bytes of tag, then the warp; the code reads the warp relative to itself, so the blob runs
 * wherever it is put. The tag tells our bytes from anybody else's when they are to be taken out again.
 */
import type { Listing } from './listing.ts';
import { encodeWarp, type Warp } from './warp.ts';

export interface Encoder {
  readonly machine: 'x86_64' | 'aarch64';
  /** For each symbol of the vDSO that tells the time, the label of the stub that takes its place. */
  readonly symbols: Readonly<Record<string, string>>;
  readonly stubs: Listing;
  /** Bytes of what `jump` gives. */
  readonly jumpBytes: number;
  /** The entry of a symbol at offset `from` that goes on at offset `to`. */
  jump(from: number, to: number): Uint8Array;
}

export const TAG_BYTES = 16;
/** Where a blob may begin: the alignment that its data want. */
export const BLOB_ALIGN = 16;

/** Offset of the tag in a blob. */
export function tagOffset(encoder: Encoder): number {
  return Math.ceil(encoder.stubs.code.length / BLOB_ALIGN) * BLOB_ALIGN;
}

export function encodeBlob(encoder: Encoder, warp: Warp, tag: Uint8Array): Uint8Array {
  if (tag.length !== TAG_BYTES) throw new RangeError(`a tag of ${tag.length} bytes, not ${TAG_BYTES}`);
  const data = encodeWarp(warp);
  const blob = new Uint8Array(tagOffset(encoder) + TAG_BYTES + data.length);
  blob.set(encoder.stubs.code, 0);
  blob.set(tag, tagOffset(encoder));
  blob.set(data, tagOffset(encoder) + TAG_BYTES);
  return blob;
}
