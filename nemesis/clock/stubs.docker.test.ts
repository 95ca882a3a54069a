/**
 * The stubs by themselves, on a processor: x86_64 natively, aarch64 in an emulator.
 *
 * GNU as assembles the listings again, so what stands beside the bytes is what they are; then the bytes are called with
 * chosen times and compared with the model in BigInt.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../targets/index.ts';
import { aarch64 } from './aarch64.ts';
import { encodeBlob, tagOffset, type Encoder } from './encoder.ts';
import { launchPrograms } from './testing/bench.ts';
import { bentNs, driftWarp, offsetWarp, strobeWarp, type Warp } from './warp.ts';
import { x86 } from './x86.ts';

const S = 1_000_000_000n;
const MEMORY = 0x1000n;
const NOW = 1_800_000_000n * S;
const TAG = new Uint8Array(16);
let cluster: Cluster;

beforeAll(async () => {
  cluster = await launchPrograms(`test-stubs-${process.pid}`, [['sleep', '1000']]);
}, 300_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const MACHINES = [
  { encoder: x86, as: 'as', ld: 'ld', objcopy: 'objcopy', run: './run', head: '.intel_syntax noprefix' },
  {
    encoder: aarch64,
    as: 'aarch64-linux-gnu-as',
    ld: 'aarch64-linux-gnu-ld',
    objcopy: 'aarch64-linux-gnu-objcopy',
    run: 'qemu-aarch64-static ./run',
    head: '',
  },
] as const;
type Machine = (typeof MACHINES)[number];

async function shell(script: string): Promise<string> {
  const node = cluster.nodes[0];
  if (node === undefined) throw new Error('no node');
  const { exitCode, stdout, stderr } = await node.exec(['sh', '-ec', script]);
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`);
  return stdout;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

interface Call {
  readonly offset: number;
  readonly a: bigint;
  readonly b: bigint;
}

interface Returned {
  /** The function's result. */
  readonly result: bigint;
  /** What `bend` gives. */
  readonly seconds: bigint;
  readonly ns: bigint;
  readonly memory: readonly [bigint, bigint];
}

async function run(machine: Machine, warp: Warp, calls: readonly Call[]): Promise<Returned[]> {
  const input = Buffer.alloc(calls.length * 24);
  calls.forEach(({ offset, a, b }, index) => {
    input.writeBigInt64LE(BigInt(offset), index * 24);
    input.writeBigInt64LE(a, index * 24 + 8);
    input.writeBigInt64LE(b, index * 24 + 16);
  });
  const blob = encodeBlob(machine.encoder, warp, TAG);
  const output = Buffer.from(
    await shell(`
      cd "$(mktemp -d)"
      echo ${base64(blob)} | base64 -d > blob
      ${machine.as} -o run.o /src/run.${machine.encoder.machine}.s && ${machine.ld} -o run run.o
      echo ${base64(input)} | base64 -d | ${machine.run} | base64 -w0`),
    'base64',
  );
  expect(output.length).toBe(calls.length * 40);
  return calls.map((_, index) => {
    const at = (word: number) => output.readBigInt64LE(index * 40 + word * 8);
    return { result: at(0), seconds: at(1), ns: at(2), memory: [at(3), at(4)] };
  });
}

function label(encoder: Encoder, name: string): number {
  const offset = encoder.stubs.labels.get(name);
  if (offset === undefined) throw new Error(`no label ${name}`);
  return offset;
}

describe.each(MACHINES)('$encoder.machine', (machine) => {
  const { encoder } = machine;

  it('is what its listing says', async () => {
    const source = [
      machine.head,
      encoder.stubs.source,
      '.balign 16',
      'tag: .skip 16',
      'half: .skip 8',
      'slots: .skip 48',
      '',
    ].join('\n');
    const assembled = await shell(`
      cd "$(mktemp -d)"
      echo ${base64(Buffer.from(source))} | base64 -d > stubs.s
      ${machine.as} -o stubs.o stubs.s && ${machine.objcopy} -O binary -j .text stubs.o stubs.bin && base64 -w0 stubs.bin`);
    const bytes = Buffer.from(assembled, 'base64');
    expect(bytes.subarray(0, encoder.stubs.code.length).toString('hex')).toBe(
      Buffer.from(encoder.stubs.code).toString('hex'),
    );
    // What lies between the code and the data is never run.
    expect(bytes.length).toBe(encodeBlob(encoder, offsetWarp(0n), TAG).length);
    expect(bytes.subarray(tagOffset(encoder)).every((byte) => byte === 0)).toBe(true);
  });

  it('bends as the model does, nanoseconds carried at both ends', async () => {
    const nanoseconds = [0n, 1n, 2n, 499_999_999n, 500_000_000n, 999_999_998n, 999_999_999n];
    const random = fc.sample(fc.tuple(fc.bigInt(0n, 4_000_000_000n), fc.bigInt(0n, S - 1n)), { numRuns: 100, seed: 1 });
    const times = [
      ...[0n, 1n, 1_800_000_000n].flatMap((seconds) => nanoseconds.map((ns) => [seconds, ns] as const)),
      ...random,
    ];
    const offsets = [0n, 1n, -1n, S - 1n, 1n - S, S, -S, 60n * S + 1n, -300n * S - 1n, -630_720_000n * S];
    const warps = [
      ...offsets.map(offsetWarp),
      ...[1, -1, 1_000, -500_000, -1e6, 1e9].map((ppm) => driftWarp(ppm, NOW)),
      ...[1n, 1_000_000n, 999_999_937n].map((half) => strobeWarp(-200_000_001n, half)),
    ];
    const offset = label(encoder, 'bend');
    for (const warp of warps) {
      // A thousand times the real pace outgrows 63 bits within a decade of its anchor: only near times make sense there.
      const fitting = times.filter(([s, ns]) => abs(bentNs(warp, s * S + ns)) < 1n << 62n);
      const answers = await run(
        machine,
        warp,
        fitting.map(([a, b]) => ({ offset, a, b })),
      );
      answers.forEach(({ seconds, ns }, index) => {
        const [s = 0n, n = 0n] = fitting[index] ?? [];
        const expected = bentNs(warp, s * S + n);
        expect([seconds, ns], `${s}.${n}`).toEqual([floorDiv(expected, S), expected - floorDiv(expected, S) * S]);
      });
    }
  });

  it('moves the three clocks of the real time and no other, and takes NULL for what may be NULL', async () => {
    const hourNs = 3_600n * S;
    const clock = label(encoder, 'clock_gettime');
    const day = label(encoder, 'gettimeofday');
    const nowS = () => BigInt(Math.floor(Date.now() / 1000));
    const before = nowS();
    const [real, monotonic, coarse, tai, boot, none, tod, zone, neither] = await run(machine, offsetWarp(hourNs), [
      ...[0n, 1n, 5n, 11n, 7n, 99n].map((id) => ({ offset: clock, a: id, b: MEMORY })),
      { offset: day, a: MEMORY, b: 0n },
      { offset: day, a: 0n, b: MEMORY },
      { offset: day, a: 0n, b: 0n },
    ]);
    const after = nowS();
    for (const bent of [real, coarse, tod]) {
      expect(bent?.result).toBe(0n);
      expect(bent?.memory[0]).toBeGreaterThanOrEqual(before - 1n + 3_600n);
      expect(bent?.memory[0]).toBeLessThanOrEqual(after + 3_600n);
    }
    expect(tod?.memory[1]).toBeLessThan(1_000_000n);
    expect(abs((tai?.memory[0] ?? 0n) - after - 3_600n)).toBeLessThan(60n);
    // Far below an hour of uptime plus an hour, and far from the real time.
    expect(monotonic?.memory[0]).toBeLessThan(before / 2n);
    expect(abs((monotonic?.memory[0] ?? 0n) - (boot?.memory[0] ?? 0n))).toBeLessThan(1_000n);
    expect(none?.result).not.toBe(0n);
    expect([zone?.result, neither?.result]).toEqual([0n, 0n]);
  });
});

it('x86_64 tells time() with and without a pointer', async () => {
  const [machine] = MACHINES;
  const offset = label(x86, 'time');
  const before = BigInt(Math.floor(Date.now() / 1000)) - 1n;
  const [stored, returned] = await run(machine, offsetWarp(-3_600n * S), [
    { offset, a: MEMORY, b: 0n },
    { offset, a: 0n, b: 0n },
  ]);
  expect(stored?.memory[0]).toBe(stored?.result);
  for (const result of [stored?.result, returned?.result]) {
    expect((result ?? 0n) + 3_600n).toBeGreaterThanOrEqual(before);
    expect((result ?? 0n) + 3_600n).toBeLessThanOrEqual(BigInt(Math.ceil(Date.now() / 1000)));
  }
});

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function floorDiv(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by);
}
