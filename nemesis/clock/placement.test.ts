import { expect, it } from 'vitest';
import { readVdso } from './elf.ts';
import { place, type Placement } from './placement.ts';
import { ownVdso } from './testing/own-vdso.ts';
import { offsetWarp } from './warp.ts';

const warp = offsetWarp(1n);
const tag = new Uint8Array(16).fill(7);

it('puts the stubs into the slack, and a jump to them at every entry', () => {
  const image = roomy();
  const { hunks, encoder } = place(image);
  const { endBytes } = readVdso(image);
  const [blob, ...entries] = hunks;
  expect(blob?.kind).toBe('slack');
  expect(blob?.offset).toBeGreaterThanOrEqual(endBytes);
  expect(entries.map(({ kind }) => kind)).toEqual(Object.keys(encoder.symbols).map(() => 'entry'));
  expect(entries.every(({ old }) => old.length === encoder.jumpBytes)).toBe(true);
});

it('exchanges as many bytes as it keeps, and putting those back gives the very image', () => {
  const image = roomy();
  const placement = place(image);
  const bent = written(image, placement);
  expect(bent).not.toEqual(image);
  expect(Buffer.from(bent).indexOf(tag)).toBe(placement.tagOffset);
  for (const { offset, old } of placement.hunks) bent.set(old, offset);
  expect(bent).toEqual(image);
});

it('takes the body of the longest function where the slack is not empty, or says that there is no room', () => {
  const image = crowded();
  const { symbols } = readVdso(image);
  const { encoder } = place(roomy());
  const longest = Math.max(...Object.keys(encoder.symbols).map((name) => symbols.get(name)?.size ?? 0));
  if (longest < 400) {
    expect(() => place(image)).toThrow('no room for');
    return;
  }
  const [blob] = place(image).hunks;
  expect(blob?.kind).toBe('body');
  const around = [...symbols.values()].filter(
    ({ offset, size }) => blob && offset < blob.offset && blob.offset + blob.old.length <= offset + size,
  );
  expect(around).not.toEqual([]);
});

it('does not bend twice', () => {
  expect(() => place(written(roomy(), place(roomy())))).toThrow('bent already');
});

/** The vDSO of this machine with a page of slack, whatever its kernel leaves. */
function roomy(): Uint8Array {
  const image = ownVdso();
  const padded = new Uint8Array(image.length + 4096);
  padded.set(image);
  return padded;
}

/** The vDSO of this machine with something in its slack. */
function crowded(): Uint8Array {
  const image = roomy();
  image[readVdso(image).endBytes + 40] = 1;
  return image;
}

function written(image: Uint8Array, { hunks }: Placement): Uint8Array {
  const bent = image.slice();
  for (const hunk of hunks) {
    const bytes = hunk.bytes(warp, tag);
    expect(bytes.length).toBe(hunk.old.length);
    bent.set(bytes, hunk.offset);
  }
  return bent;
}
