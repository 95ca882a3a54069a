/**
 * The clock fault on programs that tell the time in every way there is, each line beside the true time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent, Cluster, Node } from '../../targets/index.ts';
import type { Injection } from '../fault.ts';
import { clock, type Bend } from './index.ts';
import { place } from './placement.ts';
import { lastLine, launchPrograms } from './testing/bench.ts';
import { ownVdso } from './testing/own-vdso.ts';

const SPIN_MS = -7_654.321;
const PROGRAMS = {
  n1: ['tell'],
  n2: ['tell-static'],
  n3: ['tell-musl'],
  n4: ['python3', '/src/tell.py'],
  n5: ['node', '/src/tell.mjs'],
  n6: ['spin', `${SPIN_MS * 1e6}`],
  n7: ['tell'],
};
/** The kernel stamps files, and the coarse clock tells, by the tick. */
const TICK_MS = 15;
let cluster: Cluster;
let agent: Agent;

beforeAll(async () => {
  cluster = await launchPrograms(`test-programs-${process.pid}`, Object.values(PROGRAMS));
  if (cluster.agent === undefined) throw new Error('no agent');
  agent = cluster.agent;
  // It takes all the processor there is.
  await node('n6').pause();
}, 300_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const within = () => AbortSignal.timeout(20_000);

function node(name: string): Node {
  const found = cluster.nodes.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

/** How far each way of asking was off in the node's last line, ms. */
async function skews(name: string): Promise<Record<string, number>> {
  const { true: truth = 0n, trueMonotonic, monotonic, ...told } = await lastLine(node(name));
  const off = Object.entries(told).map(([way, time]) => [way, Number(time - truth) / 1e6] as const);
  if (trueMonotonic !== undefined && monotonic !== undefined) {
    off.push(['monotonic', Number(monotonic - trueMonotonic) / 1e6]);
  }
  return Object.fromEntries(off);
}

/** A digest of each process' vDSO. */
async function bytes(name: string): Promise<string> {
  const { pid } = await node(name).state();
  return agent.run(`
    range=$(sed -n 's/ .*\\[vdso\\]$//p' /proc/${pid}/maps)
    dd if=/proc/${pid}/mem bs=1M iflag=skip_bytes,count_bytes skip=$((0x\${range%-*})) \\
      count=$((0x\${range#*-} - 0x\${range%-*})) status=none | sha256sum`);
}

/** Bends, works, heals; then every node must be as it was. */
async function injected(bends: Record<string, Bend>, work: (injection: Injection) => Promise<void>): Promise<void> {
  const names = Object.keys(bends);
  const before = await Promise.all(names.map(bytes));
  const injection = await clock.inject(cluster, { nodes: bends }, within());
  try {
    await work(injection);
  } finally {
    await injection.heal(within());
  }
  expect((await injection.recovery(within())).seen).toBe(true);
  expect(await Promise.all(names.map(bytes))).toEqual(before);
}

async function effectSeen(injection: Injection): Promise<void> {
  const effect = await injection.effect(within());
  expect(effect.measures.filter(({ seen }) => !seen)).toEqual([]);
  expect(effect.seen).toBe(true);
}

/**
 * Asserts what the program tells, of any line within a few seconds: a program that is interrupted between two readings of
 * one line tells a difference that is not the clock's, but a clock that is wrong stays so.
 */
async function expectSkew(name: string, offsetMs: number): Promise<void> {
  await vi.waitFor(async () => expectBent(await skews(name), offsetMs), { timeout: 20_000, interval: 60 });
}

function expectBent(told: Record<string, number>, offsetMs: number): void {
  expect(Object.keys(told)).toContain('realtime');
  for (const [way, skew] of Object.entries(told)) {
    if (way === 'monotonic') expect(Math.abs(skew), way).toBeLessThan(TICK_MS);
    else if (way === 'second' || way === 'null') {
      expect(skew, way).toBeGreaterThan(offsetMs - 1_000 - TICK_MS);
      expect(skew, way).toBeLessThan(offsetMs + TICK_MS);
    } else if (way === 'tai') expect(Math.abs(skew - offsetMs) % 1_000, way).toBeLessThan(TICK_MS);
    else expect(Math.abs(skew - offsetMs), way).toBeLessThan(TICK_MS);
  }
}

describe('an offset', () => {
  it.each([60_000.001, -300_000])(
    'of %d ms moves every program, in every way of asking, and no other container',
    async (offsetMs) => {
      const names = ['n1', 'n2', 'n3', 'n4', 'n5'];
      const hostDrift = Date.now() - performance.now();
      const untouched = await bytes('n7');
      await injected(
        Object.fromEntries(names.map((name) => [name, { kind: 'offset', offsetMs }])),
        async (injection) => {
          await effectSeen(injection);
          for (const name of names) await expectSkew(name, offsetMs);
          await expectSkew('n7', 0);
          expect(await bytes('n7')).toBe(untouched);
          expect(Math.abs(Date.now() - performance.now() - hostDrift)).toBeLessThan(1_000);
        },
      );
      for (const name of [...names, 'n7']) await expectSkew(name, 0);
    },
  );
});

it('a drift gains in proportion to the time since the injection', async () => {
  await injected(
    { n1: { kind: 'drift', ratePpm: 500_000 }, n2: { kind: 'drift', ratePpm: -1_000 } },
    async (injection) => {
      await effectSeen(injection);
      const first = await lastLine(node('n1'));
      await sleep(4_000);
      const second = await lastLine(node('n1'));
      const elapsed = Number((second['true'] ?? 0n) - (first['true'] ?? 0n));
      const told = Number((second['realtime'] ?? 0n) - (first['realtime'] ?? 0n));
      expect(told / elapsed).toBeCloseTo(1.5, 1);
      expect((await skews('n2'))['realtime']).toBeLessThan(-1);
    },
  );
});

it('a strobe shows both of its times and no other', async () => {
  await injected({ n1: { kind: 'strobe', offsetMs: 10_000, everyMs: 130 } }, async (injection) => {
    await effectSeen(injection);
    const seen = new Set<number>();
    for (let round = 0; round < 20 || (seen.size < 2 && round < 400); round++) {
      await sleep(50);
      seen.add(Math.round(((await skews('n1'))['realtime'] ?? -1) / 1_000));
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 10]);
  });
});

describe('a paused node', () => {
  it('is bent while it stands still, and stays paused', async () => {
    await node('n1').pause();
    await injected({ n1: { kind: 'offset', offsetMs: 30_000 } }, async (injection) => {
      await effectSeen(injection);
      expect((await node('n1').state()).status).toBe('paused');
      await node('n1').resume();
      await expectSkew('n1', 30_000);
    });
  });

  it('is healed while it stands still', async () => {
    const injection = await clock.inject(cluster, { nodes: { n1: { kind: 'offset', offsetMs: 30_000 } } }, within());
    await effectSeen(injection);
    await node('n1').pause();
    await injection.heal(within());
    expect((await injection.recovery(within())).seen).toBe(true);
    expect((await node('n1').state()).status).toBe('paused');
    await node('n1').resume();
    await expectSkew('n1', 0);
  });
});

describe('what starts while a clock is bent', () => {
  it('a node that is killed and started is bent again', async () => {
    const injection = await clock.inject(cluster, { nodes: { n1: { kind: 'offset', offsetMs: 60_000 } } }, within());
    await effectSeen(injection);
    await node('n1').kill();
    await sleep(400);
    await node('n1').start();
    const startedMs = performance.now();
    for (;;) {
      const told = await skews('n1').catch((): Record<string, number> => ({}));
      if ((told['realtime'] ?? 0) > 59_000 && performance.now() - startedMs > 100) break;
      expect(performance.now() - startedMs).toBeLessThan(20_000);
      await sleep(20);
    }
    const effect = await injection.effect(within());
    expect(effect.measures[0]?.what).toMatch(/after exec or restart/);
    await injection.heal(within());
    await expectSkew('n1', 0);
  });

  it('a node that is down is bent when it starts', async () => {
    await node('n1').kill();
    const injection = await clock.inject(cluster, { nodes: { n1: { kind: 'offset', offsetMs: 60_000 } } }, within());
    const down = await injection.effect(AbortSignal.timeout(300));
    expect(down).toMatchObject({ seen: false, measures: [{ what: 'does not run; its clock is bent when it starts' }] });
    await node('n1').start();
    await effectSeen(injection);
    await expectSkew('n1', 60_000);
    await injection.heal(within());
    expect((await injection.recovery(within())).seen).toBe(true);
  });

  it('a program that is executed in the container is bent within the period of the watch', async () => {
    await injected({ n7: { kind: 'offset', offsetMs: 60_000 } }, async () => {
      const { stdout } = await node('n7').exec(['sh', '-c', 'timeout 6 tell; true']);
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => [.../"(\w+)":(\d+)/g[Symbol.matchAll](line)]);
      const off = lines.map(([truth, real]) => Number(BigInt(real?.[2] ?? 0) - BigInt(truth?.[2] ?? 0)) / 1e6);
      expect(off.length).toBeGreaterThan(10);
      expect(Math.abs((off.at(-1) ?? 0) - 60_000)).toBeLessThan(1_000);
      // 50 ms a line.
      expect(off.filter((ms) => ms < 1_000).length).toBeLessThan(80);
    });
  });
});

describe('threads that never leave the vDSO', () => {
  beforeEach(() => node('n6').resume());
  afterEach(() => node('n6').pause());

  it('are bent and healed again and again without one wrong reading', () => bendSpinning(8), 120_000);

  it('and so they are where the slack is taken, so that a function gives up its body', async () => {
    const image = ownVdso();
    const [blob] = place(image).hunks;
    if (blob === undefined) throw new Error('no blob');
    const taken = blob.offset + 40;
    image[taken] = 1;
    expect(place(image).hunks[0]?.kind).toBe('body');
    const { pid } = await node('n6').state();
    await agent.run(`
      range=$(sed -n 's/ .*\\[vdso\\]$//p' /proc/${pid}/maps)
      printf '\\001' | dd of=/proc/${pid}/mem bs=1 oflag=seek_bytes seek=$((0x\${range%-*} + ${taken})) conv=notrunc status=none`);
    await bendSpinning(5);
  }, 120_000);
});

async function bendSpinning(rounds: number): Promise<void> {
  const before = await node('n6').state();
  const restored = await bytes('n6');
  for (let round = 0; round < rounds; round++) {
    const injection = await clock.inject(cluster, { nodes: { n6: { kind: 'offset', offsetMs: SPIN_MS } } }, within());
    await effectSeen(injection);
    await grows('bent');
    await injection.heal(within());
    expect((await injection.recovery(within())).seen).toBe(true);
    expect(await bytes('n6')).toBe(restored);
  }
  await grows('straight');
  const start = await lastLine(node('n6'));
  await grows('straight');
  expect((await lastLine(node('n6')))['bent']).toBe(start['bent']);
  expect(await node('n6').state()).toEqual(before);
}

/** Waits until the spinning node tells of more readings of that sort, twice: the first may have been counted before. */
async function grows(sort: 'bent' | 'straight'): Promise<void> {
  const startMs = performance.now();
  let last: bigint | undefined;
  for (let changes = 0; changes < 3;) {
    await sleep(20);
    const told = (await lastLine(node('n6')))[sort];
    if (told === undefined) throw new Error(`n6 says nothing of ${sort}: ${await node('n6').tail(2)}`);
    if (told !== last) changes++;
    last = told;
    expect(performance.now() - startMs).toBeLessThan(20_000);
  }
}

it('a second injection into the same node is refused, and the first stays as it is', async () => {
  await injected({ n1: { kind: 'offset', offsetMs: 60_000 } }, async (injection) => {
    const again = clock.inject(cluster, { nodes: { n1: { kind: 'offset', offsetMs: 1_000 } } }, within());
    await expect(again).rejects.toThrow(/clock of n1 cannot be bent: its clock is bent already/);
    await effectSeen(injection);
    await expectSkew('n1', 60_000);
  });
});
