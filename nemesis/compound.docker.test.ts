/** Faults on nodes that another fault has ended: they wait for the node, and claim nothing of it before. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Cluster, Node } from '../targets/index.ts';
import { clock } from './clock/index.ts';
import type { Injection } from './fault.ts';
import memory from './memory.ts';
import packets from './packets.ts';
import partition, { planOf } from './partition.ts';
import slow from './slow.ts';
import { allBut, heard, launchHearers } from './testing/hearers.ts';
import { PATIENTLY } from './testing/patience.ts';

let cluster: Cluster;
const soon = () => AbortSignal.timeout(8_000);
const shortly = () => AbortSignal.timeout(500);
const one = { who: 'one', nodes: ['n1'] };
const links: [string, string][] = [
  ['n1', 'n2'],
  ['n2', 'n1'],
];

beforeAll(async () => {
  cluster = await launchHearers(`test-compound-${process.pid}`, 3);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await n1().start();
});

const n1 = (): Node => {
  const [first] = cluster.nodes;
  if (first === undefined) throw new Error('no nodes');
  return first;
};

/** On a node that is dead, on the same node when it is back, and after healing. */
const cases: [string, () => Promise<Injection>][] = [
  ['slow', () => slow.inject(cluster, { ...one, cpuPercent: 20 }, soon())],
  ['memory', () => memory.inject(cluster, { ...one, headroomMiB: 16 }, soon())],
  ['packets', () => packets.inject(cluster, { links: [['n2', 'n1']], how: { delayMs: 100 } }, soon())],
  [
    'partition',
    () =>
      partition.inject(
        cluster,
        planOf(
          'single-link',
          links.map(([from, to]) => ({ from, to })),
        ),
        soon(),
      ),
  ],
  ['clock', () => clock.inject(cluster, { nodes: { n1: { kind: 'offset', offsetMs: 60_000 } } }, soon())],
];

it.each(cases)('%s: shows nothing on a dead node, takes effect when it is back, and ends there', async (_, inject) => {
  await n1().kill();
  const injection = await inject();
  const dead = await injection.effect(shortly());
  expect(dead.seen).toBe(false);
  for (const { what } of dead.measures) expect(what).toMatch(/does not run|exited/);
  await n1().start();
  const back = await injection.effect(soon());
  expect(back, JSON.stringify(back)).toMatchObject({ seen: true });
  await injection.heal(soon());
  expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
});

it.each(cases)('%s: stays in force while the node is killed and started again', async (_, inject) => {
  const injection = await inject();
  expect(await injection.effect(soon())).toMatchObject({ seen: true });
  await n1().kill();
  await n1().start();
  const again = await injection.effect(soon());
  expect(again, JSON.stringify(again)).toMatchObject({ seen: true });
  await injection.heal(soon());
  expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
});

it('what strikes several nodes is seen on those that run, and says of which it knows nothing', async () => {
  await n1().kill();
  const injection = await slow.inject(cluster, { who: 'minority', nodes: ['n1', 'n2'], cpuPercent: 20 }, soon());
  expect(await injection.effect(soon())).toMatchObject({
    seen: true,
    measures: [
      { where: 'n1', seen: false, what: 'exited; is harmed once it runs' },
      { where: 'n2', seen: true },
    ],
  });
  await injection.heal(soon());
  expect(await injection.recovery(soon())).toMatchObject({ seen: true });
});

it('a node that somebody else killed did not die for want of memory, and is not started by that fault', async () => {
  const injection = await memory.inject(cluster, { ...one, headroomMiB: 16 }, soon());
  await n1().kill();
  expect(await injection.effect(shortly())).toMatchObject({ seen: false });
  await injection.heal(soon());
  expect(await n1().state()).toMatchObject({ status: 'exited' });
});

it('a healed fault does not follow a node any more', async () => {
  const injection = await slow.inject(cluster, { ...one, cpuPercent: 20 }, soon());
  await injection.heal(soon());
  await n1().kill();
  await n1().start();
  expect(await injection.effect(shortly())).toMatchObject({ seen: false });
});
