/** Faults of disks, seen from inside the nodes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster, Node } from '../../targets/index.ts';
import { seeded } from '../../workloads/index.ts';
import { launchKeepers } from '../testing/keepers.ts';
import { soon } from '../testing/patience.ts';
import corrupt from './corrupt.ts';
import full from './full.ts';
import powerLoss from './power-loss.ts';
import readOnly from './read-only.ts';
import slow from './slow.ts';
import stuck from './stuck.ts';
import truncate from './truncate.ts';

let cluster: Cluster;
const named = (name: string): Node => {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
};
const victims = (...nodes: string[]) => ({ who: 'named', nodes });

/** What a shell inside the node says. */
async function inside(name: string, script: string): Promise<string> {
  const { stdout, stderr } = await named(name).exec(['sh', '-c', script]);
  return `${stdout}${stderr}`.trim();
}
const WRITE = 'dd if=/dev/zero of=/data/block bs=4k count=1 conv=fsync && echo done';
const write = (name: string) => inside(name, WRITE);

beforeAll(async () => {
  cluster = await launchKeepers(`test-disk-${process.pid}`, 3);
  expect(cluster.capabilities).toMatchObject({ disk: true, data: true });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

describe('disk-full', () => {
  it('leaves exactly the planned nodes no space, and loses nothing of what was there', async () => {
    await inside('n1', 'echo before > /data/kept');
    const injection = await full.inject(cluster, victims('n1', 'n2'), soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true, measures: [{ where: 'n1' }, { where: 'n2' }] });
    expect(await write('n1')).toContain('No space left on device');
    expect(await inside('n1', 'df --output=avail /data | tail -1')).toBe('0');
    expect(
      await inside('n1', 'cat /data/kept; printf B | dd of=/data/kept conv=notrunc status=none; cat /data/kept'),
    ).toBe('before\nBefore');
    expect(await write('n3')).toContain('done');
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await write('n1')).toContain('done');
    expect(await inside('n1', 'ls -A /data | tr "\\n" " "')).toBe('block kept');
  });

  it.each([full, stuck])('follows a node that another fault has ended, and waits for it: $name', async (fault) => {
    await named('n1').kill();
    const injection = await fault.inject(cluster, victims('n1'), soon());
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
    for (const time of ['first', 'second']) {
      await named('n1').start();
      expect(await injection.effect(soon()), time).toMatchObject({ seen: true });
      if (fault === full) await named('n1').kill();
    }
    await injection.heal(soon());
    await named('n1').start();
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await write('n1')).toContain('done');
  });

  it('is not believed where there is space', async () => {
    const injection = await full.inject(cluster, victims('n1'), soon());
    await injection.heal(soon());
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
  });
});

describe('read-only', () => {
  it('refuses writes of exactly the planned nodes, also to open files, until they were repaired', async () => {
    await inside('n1', 'echo kept > /data/kept; sync');
    await named('n1').exec([
      'sh',
      '-c',
      '(exec > /data/open 2> /tmp/said; while sleep 0.05; do echo line || :; done) &',
    ]);
    const injection = await readOnly.inject(cluster, victims('n1'), soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    expect(await write('n1')).toContain('Read-only file system');
    expect(await inside('n1', 'cat /data/kept')).toBe('kept');
    await sleep(200);
    expect(await inside('n1', 'tail -1 /tmp/said')).toMatch(/write error|I\/O error/);
    expect(await write('n2')).toContain('done');
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await write('n1')).toContain('done');
    expect(await inside('n1', 'cat /data/kept')).toBe('kept');
  });

  it('is not believed where the disk was mounted anew', async () => {
    const injection = await readOnly.inject(cluster, victims('n1'), soon());
    await injection.heal(soon());
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
  });
});

describe('slow-disk', () => {
  const ms = async (name: string) => {
    const startMs = performance.now();
    await inside(name, `${WRITE}; ${WRITE}; ${WRITE}; ${WRITE}`);
    return performance.now() - startMs;
  };

  it('lets the syncs of exactly the planned nodes wait', async () => {
    const injection = await slow.inject(cluster, { ...victims('n2'), perSecond: 2 }, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    expect(await ms('n2')).toBeGreaterThan(1500);
    await expect.poll(() => ms('n1'), { timeout: 20_000 }).toBeLessThan(1500);
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    await expect.poll(() => ms('n2'), { timeout: 20_000 }).toBeLessThan(1500);
  });

  it('is not believed where nothing waits', async () => {
    const injection = await slow.inject(cluster, { ...victims('n2'), perSecond: 2 }, soon());
    await injection.heal(soon());
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
  });
});

describe('stuck-disk', () => {
  it('lets the writes of exactly the planned nodes wait, and lets them go on', async () => {
    const injection = await stuck.inject(cluster, victims('n3'), soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    const writing = write('n3');
    expect(await Promise.race([writing, sleep(500)])).toBeUndefined();
    expect(await inside('n3', 'ls -d /data')).toBe('/data');
    expect(await write('n1')).toContain('done');
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await writing).toContain('done');
  });

  it('is not believed where nothing waits', async () => {
    const injection = await stuck.inject(cluster, victims('n3'), soon());
    await injection.heal(soon());
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
  });
});

describe('power-loss', () => {
  it('loses what exactly the planned nodes had not synced, and nothing else', async () => {
    const SOME = 'rm -f /data/*; echo 1 > /data/synced; sync /data/synced /data; echo 2 > /data/unsynced';
    await Promise.all(['n1', 'n2', 'n3'].map((name) => inside(name, SOME)));
    const before = await named('n3').state();
    const injection = await powerLoss.inject(cluster, victims('n1', 'n2'), soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true, measures: [{ where: 'n1' }, { where: 'n2' }] });
    for (const name of ['n1', 'n2'])
      expect(await inside(name, 'cat /data/synced; cat /data/unsynced 2>/dev/null')).toBe('1');
    expect(await inside('n3', 'cat /data/synced /data/unsynced')).toBe('1\n2');
    expect(await named('n3').state()).toEqual(before);
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await write('n1')).toContain('done');
    expect(await inside('n1', 'ls -A /data | grep ordeal')).toBe('');
  });

  it('is not believed where the disk had kept everything', async () => {
    // What is killed without a loss keeps what it wrote; the two files are made as the fault makes them.
    const injection = await powerLoss.inject(cluster, victims('n1'), soon());
    await inside('n1', 'printf kept > /data/.ordeal-unsynced');
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
    await injection.heal(soon());
  });
});

describe('rot', () => {
  const LINES =
    'rm -rf /data/*; mkdir -p /data/sub; for i in $(seq 1000); do echo line $i; done > /data/sub/lines; sync';
  const plan = { node: 'n3', pick: 0.5, at: 0.3, restart: false };

  it('corrupt flips exactly the planned bits, and the node lives with them', async () => {
    await inside('n3', `${LINES}; cp /data/sub/lines /tmp/before`);
    const injection = await corrupt.inject(cluster, { ...plan, bytes: 8, bit: 2 }, soon());
    expect(injection.describe).toMatch(/^sub\/lines of n3: 8 bytes flipped at \d+$/);
    expect(await injection.effect(soon())).toMatchObject({ seen: true, measures: [{ where: 'n3' }] });
    const differences = (await inside('n3', 'cmp -l /tmp/before /data/sub/lines')).split('\n');
    expect(differences).toHaveLength(8);
    for (const line of differences) {
      const [, before = '', after = ''] = line.trim().split(/\s+/);
      expect(parseInt(before, 8) ^ parseInt(after, 8)).toBe(4);
    }
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect((await inside('n3', 'cmp -l /tmp/before /data/sub/lines')).split('\n')).toHaveLength(8);
  });

  it('corrupt finds the little that is written in a file that was allotted in advance', async () => {
    await inside(
      'n3',
      'rm -rf /data/*; head -c 50000 /dev/urandom > /data/log; truncate -s 64M /data/log; cp /data/log /tmp/log',
    );
    const injection = await corrupt.inject(cluster, { ...plan, bytes: 1, bit: 0 }, soon());
    expect(Number(/at (\d+)$/.exec(injection.describe)?.[1])).toBeLessThan(50_000);
    await injection.heal(soon());
  });

  it('truncate cuts off the end, and restarts the node where planned', async () => {
    await inside('n3', LINES);
    const size = Number(await inside('n3', 'stat -c %s /data/sub/lines'));
    const before = await named('n3').state();
    const injection = await truncate.inject(cluster, { ...plan, restart: true }, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    expect(Number(await inside('n3', 'stat -c %s /data/sub/lines'))).toBe(Math.floor(0.3 * size));
    expect((await named('n3').state()).startedAt).not.toBe(before.startedAt);
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  });

  it('only ever strikes the same minority', () => {
    const names = ['n1', 'n2', 'n3', 'n4', 'n5'];
    const struck = new Set(Array.from({ length: 50 }, (_, i) => corrupt.choose(names, seeded(`${i}`)).node));
    expect([...struck].toSorted()).toEqual(['n4', 'n5']);
  });

  it('says so where there is nothing to rot', async () => {
    await inside('n3', 'rm -rf /data/*');
    await expect(truncate.inject(cluster, plan, soon())).rejects.toThrow('n3 has no file that holds anything');
  });
});
