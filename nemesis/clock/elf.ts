/**
 * Reads the vDSO: the small ELF library that the kernel maps into every process, so that reading a clock needs no system
 * call. We want its functions' places and lengths, and nothing else of ELF.
 *
 * The section headers are not part of the loaded image by right (the kernel may strip them), so the symbols are found as
 * the dynamic linker finds them: program headers, then PT_DYNAMIC, then DT_SYMTAB and DT_STRTAB. Their number stands in
 * DT_HASH; where only DT_GNU_HASH is there, its chains are walked. (System V ABI, chapter 5; parse_vdso.c of the kernel.)
 */
export interface VdsoSymbol {
  /** From the start of the mapping. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

export interface Vdso {
  readonly machine: 'x86_64' | 'aarch64';
  readonly symbols: ReadonlyMap<string, VdsoSymbol>;
  /** Where the file that the kernel embeds ends, section headers included; the rest of the last page is filled with zeros. */
  readonly endBytes: number;
}

const MACHINES: ReadonlyMap<number, Vdso['machine']> = new Map([
  [62, 'x86_64'],
  [183, 'aarch64'],
]);
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_HASH = 4;
const DT_STRTAB = 5;
const DT_SYMTAB = 6;
const DT_GNU_HASH = 0x6ffffef5;
const SYMBOL_BYTES = 24;
const STT_FUNC = 2;

/** Parses an image as it is mapped. Throws an Error that says what it is not. */
export function readVdso(image: Uint8Array): Vdso {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < 64 || view.getUint32(0) !== 0x7f454c46) throw new Error('the vDSO is not an ELF image');
  if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1)
    throw new Error('the vDSO is not of a 64-bit little-endian process');
  const machine = MACHINES.get(view.getUint16(18, true));
  if (machine === undefined)
    throw new Error(`the vDSO is of machine ${view.getUint16(18, true)}, which has no stubs here`);

  const segments = programHeaders(view);
  // Addresses in the image count from its link address, which is 0 on all kernels of today but once was not.
  const load = segments.find((segment) => segment.type === PT_LOAD);
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  if (load === undefined || dynamic === undefined) throw new Error('the vDSO has no PT_LOAD or no PT_DYNAMIC');
  const bias = load.address - load.offset;
  const tags = dynamicTags(view, dynamic.offset);
  const table = (tag: number) => {
    const address = tags.get(tag);
    return address === undefined ? undefined : address - bias;
  };
  const symbolsAt = table(DT_SYMTAB);
  const stringsAt = table(DT_STRTAB);
  if (symbolsAt === undefined || stringsAt === undefined) throw new Error('the vDSO has no DT_SYMTAB or no DT_STRTAB');

  const symbols = new Map<string, VdsoSymbol>();
  const count = symbolCount(view, table(DT_HASH), table(DT_GNU_HASH));
  for (let index = 1; index < count; index++) {
    const at = symbolsAt + index * SYMBOL_BYTES;
    if ((view.getUint8(at + 4) & 0xf) !== STT_FUNC || view.getUint16(at + 6, true) === 0) continue;
    symbols.set(stringAt(image, stringsAt + view.getUint32(at, true)), {
      offset: word(view, at + 8) - bias,
      size: word(view, at + 16),
    });
  }
  return { machine, symbols, endBytes: Math.max(sectionHeadersEnd(view), ...segments.map((segment) => segment.end)) };
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  /** Offset of the first byte after it. */
  readonly end: number;
}

function programHeaders(view: DataView): Segment[] {
  const at = word(view, 32);
  const size = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const header = at + index * size;
    const offset = word(view, header + 8);
    return {
      type: view.getUint32(header, true),
      offset,
      address: word(view, header + 16),
      end: offset + word(view, header + 32),
    };
  });
}

function sectionHeadersEnd(view: DataView): number {
  return word(view, 40) + view.getUint16(58, true) * view.getUint16(60, true);
}

function dynamicTags(view: DataView, offset: number): Map<number, number> {
  const tags = new Map<number, number>();
  for (let at = offset; at + 16 <= view.byteLength; at += 16) {
    const tag = word(view, at);
    if (tag === 0) break;
    tags.set(tag, word(view, at + 8));
  }
  return tags;
}

function symbolCount(view: DataView, hash: number | undefined, gnuHash: number | undefined): number {
  if (hash !== undefined) return view.getUint32(hash + 4, true);
  if (gnuHash === undefined) throw new Error('the vDSO has no DT_HASH and no DT_GNU_HASH');
  const buckets = view.getUint32(gnuHash, true);
  const firstHashed = view.getUint32(gnuHash + 4, true);
  const bucketsAt = gnuHash + 16 + view.getUint32(gnuHash + 8, true) * 8;
  let last = 0;
  for (let bucket = 0; bucket < buckets; bucket++) last = Math.max(last, view.getUint32(bucketsAt + bucket * 4, true));
  if (last < firstHashed) return firstHashed;
  const chainsAt = bucketsAt + buckets * 4;
  // The last of a chain has its lowest bit set; reading past the image throws, so the walk ends.
  while ((view.getUint32(chainsAt + (last - firstHashed) * 4, true) & 1) === 0) last++;
  return last + 1;
}

/** 64 bits as a Number: offsets and addresses of a vDSO are far below 2^53. */
function word(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function stringAt(image: Uint8Array, at: number): string {
  const end = image.indexOf(0, at);
  return Buffer.from(image.subarray(at, end < 0 ? image.length : end)).toString('latin1');
}
