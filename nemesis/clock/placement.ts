/**
 * Where in a vDSO the stubs go: the bytes that are exchanged, and what stood there before.
 *
 * The blob goes into the slack, the zeros between the end of the vDSO's file and the end of its last page, and each
 * function that tells the time begins with a jump into it. Where the slack is too short or not empty, the blob takes the
 * body of the longest of those functions, which nobody runs any more.
 */
import { aarch64 } from './aarch64.ts';
import { readVdso, type Vdso, type VdsoSymbol } from './elf.ts';
import { BLOB_ALIGN, encodeBlob, TAG_BYTES, tagOffset, type Encoder } from './encoder.ts';
import { offsetWarp, type Warp } from './warp.ts';
import { x86 } from './x86.ts';

export interface Placement {
  readonly encoder: Encoder;
  /** Length of the mapping. */
  readonly imageBytes: number;
  /** Where the tag stands in a bent image. */
  readonly tagOffset: number;
  readonly hunks: readonly Hunk[];
}

export interface Hunk {
  /** An entry may be exchanged under a thread that is about to run its first byte; a body and the slack may not be entered. */
  readonly kind: 'entry' | 'slack' | 'body';
  readonly offset: number;
  readonly old: Uint8Array;
  /** The new bytes, as long as the old. */
  bytes(warp: Warp, tag: Uint8Array): Uint8Array;
}

const ENCODERS: readonly Encoder[] = [x86, aarch64];

/** Throws an Error that says why this vDSO cannot be bent. */
export function place(image: Uint8Array): Placement {
  const vdso = readVdso(image);
  const encoder = ENCODERS.find(({ machine }) => machine === vdso.machine);
  if (encoder === undefined) throw new Error(`there are no stubs for ${vdso.machine}`);
  const clocks = clocksOf(vdso, encoder);
  if (clocks.length === 0) throw new Error('the vDSO has no function that tells the time');
  const blob = blobRoom(image, vdso, encoder, clocks);
  const entries = clocks.map(({ symbol, stub }): Hunk => {
    const jump = encoder.jump(symbol.offset, blob.offset + stub);
    return {
      kind: 'entry',
      offset: symbol.offset,
      old: image.slice(symbol.offset, symbol.offset + jump.length),
      bytes: () => jump,
    };
  });
  return {
    encoder,
    imageBytes: image.length,
    tagOffset: blob.offset + tagOffset(encoder),
    hunks: [{ ...blob, bytes: (warp, tag) => encodeBlob(encoder, warp, tag) }, ...entries],
  };
}

interface Clock {
  readonly symbol: VdsoSymbol;
  /** Offset of its stub in the blob. */
  readonly stub: number;
}

function clocksOf(vdso: Vdso, encoder: Encoder): Clock[] {
  return Object.entries(encoder.symbols).flatMap(([name, label]) => {
    const symbol = vdso.symbols.get(name);
    if (symbol === undefined) return [];
    if (symbol.size < encoder.jumpBytes) throw new Error(`${name} is too short for a jump: ${symbol.size} bytes`);
    const stub = encoder.stubs.labels.get(label);
    if (stub === undefined) throw new Error(`no stub ${label}`);
    return [{ symbol, stub }];
  });
}

function blobRoom(image: Uint8Array, vdso: Vdso, encoder: Encoder, clocks: readonly Clock[]): Omit<Hunk, 'bytes'> {
  const length = encodeBlob(encoder, offsetWarp(0n), new Uint8Array(TAG_BYTES)).length;
  const { symbol: longest } = clocks.reduce((a, b) => (b.symbol.size > a.symbol.size ? b : a));
  const slack = align(vdso.endBytes);
  const body = align(longest.offset + encoder.jumpBytes);
  if (clocks.some((clock) => jumpsTo(image, encoder, clock, slack) || jumpsTo(image, encoder, clock, body))) {
    throw new Error('its clock is bent already');
  }
  const empty = image.subarray(vdso.endBytes, slack + length).every((byte) => byte === 0);
  if (empty && slack + length <= image.length) {
    return { kind: 'slack', offset: slack, old: image.slice(slack, slack + length) };
  }
  if (body + length <= longest.offset + longest.size) {
    return { kind: 'body', offset: body, old: image.slice(body, body + length) };
  }
  const slackBytes = Math.max(0, image.length - slack);
  throw new Error(`no room for ${length} bytes: ${slackBytes} after the vDSO, ${longest.size} in its longest function`);
}

function jumpsTo(image: Uint8Array, encoder: Encoder, { symbol, stub }: Clock, blob: number): boolean {
  const jump = encoder.jump(symbol.offset, blob + stub);
  return jump.every((byte, index) => image[symbol.offset + index] === byte);
}

function align(offset: number): number {
  return Math.ceil(offset / BLOB_ALIGN) * BLOB_ALIGN;
}
