import { expect, it } from 'vitest';
import { aarch64 } from './aarch64.ts';
import { encodeBlob, tagOffset } from './encoder.ts';
import { driftWarp, offsetWarp, strobeWarp } from './warp.ts';
import { x86 } from './x86.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const tag = new Uint8Array(16).fill(0xab);

it('gives these bytes for x86_64', () => {
  expect(hex(encodeBlob(x86, offsetWarp(60_000_000_000n), tag))).toBe(
    'b8e40000000f0585c0752483ff0b771fb9210800000fa3f97315488b064c8b4e08e86b0000004889064889560831c0c3' +
      'b8600000000f0585c075f44885ff74ef488b074c694f08e8030000e84100000048890789d031d2b9e8030000f7f14889470831c0c3' +
      '4989fab8e4000000bf05000000488d7424f00f05488b4424f04c8b4c24f8e8090000004d85d27403498902c3' +
      '4869c000ca9a3b4c01c84989c14c8d0563000000488b0d540000004885c9740d31d248f7f1a80174044983c018' +
      '4c89c8492b0049f76808480facd0204c01c8490340104899b900ca9a3b48f7f94885d279064801ca48ffc8c3' +
      '000000000000' +
      'ab'.repeat(16) +
      '0000000000000000' + // half period
      '0000000000000000' + // anchor
      '0000000000000000' + // rate
      '005847f80d000000' + // offset
      '00'.repeat(24),
  );
  expect(x86.stubs.labels.get('gettimeofday')).toBe(0x30);
  expect(x86.stubs.labels.get('time')).toBe(0x65);
  expect(tagOffset(x86)).toBe(0xf0);
  expect(hex(x86.jump(0xaf0, 0x1a20))).toBe('e92b0f0000');
  expect(hex(x86.jump(0x1a20, 0xaf0))).toBe('e9cbf0ffff');
});

it('gives these bytes for aarch64', () => {
  expect(hex(encodeBlob(aarch64, strobeWarp(-1n, 1_000_000n), tag))).toBe(
    'e903002a280e80d2010000d4800100353f2d0071480100542a0481524a25c91aea000036220c40a9ef031eaa15000094fe030faa' +
      '220c00a900008052c0035fd6' +
      'e90300aa281580d2010000d480ffff3569ffffb4220d40a9047d8052637c049bef031eaa07000094fe030faa047d80526308c49a' +
      '220d00a900008052c0035fd6' +
      '044099524473a772450c049b26030010c78440f8870000b4aa08c79a4a000036c6600091ca2c40a9cc0840f9aa000acb4d7d4b9b' +
      '4a7d0b9baa81ca93a5000a8ba5000c8ba20cc49a4394049b6300f8b66300048b420400d1c0035fd6' +
      '00000000' +
      'ab'.repeat(16) +
      '40420f0000000000' + // half period
      '00'.repeat(24) +
      '00'.repeat(16) +
      'ffffffffffffffff', // offset of the second slot
  );
  expect(hex(aarch64.jump(0x300, 0x1000))).toBe('5f2403d53f030014');
  expect(hex(aarch64.jump(0x1000, 0x300))).toBe('5f2403d5bffcff17');
});

it('encodes a rate as a signed fraction of 2^32 from its anchor', () => {
  const blob = encodeBlob(x86, driftWarp(-500_000, 1_700_000_000_000_000_000n), tag);
  const view = new DataView(blob.buffer);
  const data = tagOffset(x86) + 16;
  expect(view.getBigInt64(data + 8, true)).toBe(1_700_000_000_000_000_000n);
  expect(view.getBigInt64(data + 16, true)).toBe(-(1n << 31n));
});
