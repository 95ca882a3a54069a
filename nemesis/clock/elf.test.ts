import { expect, it } from 'vitest';
import { readVdso } from './elf.ts';
import { ownVdso } from './testing/own-vdso.ts';

it('finds the functions that tell the time in the vDSO of this process', () => {
  const image = ownVdso();
  const { machine, symbols, endBytes } = readVdso(image);
  const names =
    machine === 'x86_64'
      ? ['__vdso_clock_gettime', '__vdso_gettimeofday', '__vdso_time']
      : ['__kernel_clock_gettime', '__kernel_gettimeofday'];
  for (const name of names) {
    const symbol = symbols.get(name);
    expect(symbol, name).toBeDefined();
    if (symbol === undefined) continue;
    expect(symbol.size).toBeGreaterThan(16);
    expect(symbol.offset + symbol.size).toBeLessThanOrEqual(endBytes);
  }
  expect(endBytes).toBeLessThanOrEqual(image.length);
  expect(image.subarray(endBytes).every((byte) => byte === 0)).toBe(true);
});

it('counts the symbols by the GNU hash table where there is no other', () => {
  const image = ownVdso();
  const withHash = readVdso(image);
  expect(readVdso(withoutTag(image, 4)).symbols).toEqual(withHash.symbols);
});

it('says what an image is not', () => {
  const image = ownVdso();
  expect(() => readVdso(new Uint8Array(4096))).toThrow('not an ELF image');
  expect(() => readVdso(changed(image, 4, 1))).toThrow('not of a 64-bit');
  expect(() => readVdso(changed(image, 18, 243))).toThrow('machine 243');
});

function changed(image: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = image.slice();
  copy[at] = byte;
  return copy;
}

/** The image with one tag of its dynamic section made meaningless. */
function withoutTag(image: Uint8Array, tag: number): Uint8Array {
  const copy = image.slice();
  const view = new DataView(copy.buffer);
  const headers = Number(view.getBigUint64(32, true));
  for (let index = 0; index < view.getUint16(56, true); index++) {
    const header = headers + index * 56;
    if (view.getUint32(header, true) !== 2) continue;
    for (let at = Number(view.getBigUint64(header + 8, true)); view.getBigUint64(at, true) !== 0n; at += 16) {
      if (view.getBigUint64(at, true) === BigInt(tag)) view.setBigUint64(at, 0x6fff_0000n, true);
    }
  }
  return copy;
}
