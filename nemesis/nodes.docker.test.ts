/** Pause and kill: faults of nodes, seen from inside. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster, Node } from '../targets/index.ts';
import kill from './kill.ts';
import pause from './pause.ts';
import { allBut, heard, lastTick, launchHearers } from './testing/hearers.ts';

let cluster: Cluster;
const soon = () => AbortSignal.timeout(5_000);
const named = (name: string): Node => {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
};

beforeAll(async () => {
  cluster = await launchHearers(`test-nodes-${process.pid}`, 3);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** How many fiftieths of a second pass in a node within a quarter; the log is a little behind. */
async function ticks(name: string): Promise<number> {
  const before = await lastTick(cluster, name);
  await sleep(250);
  return (await lastTick(cluster, name)) - before;
}

const stands = (name: string) => expect.poll(() => ticks(name), { timeout: 3_000 }).toBe(0);
const goesOn = (name: string) => expect.poll(() => ticks(name), { timeout: 3_000 }).toBeGreaterThan(0);

describe('pause', () => {
  it('stops time in exactly the planned nodes, and lets it go on', async () => {
    const injection = await pause.inject(cluster, { who: 'majority', nodes: ['n1', 'n2'] }, soon());
    const effect = await injection.effect(soon());
    expect(effect).toMatchObject({ seen: true });
    expect(effect.measures.map(({ where }) => where)).toEqual(['n1', 'n2']);
    await stands('n1');
    await stands('n2');
    await goesOn('n3');
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    for (const { name } of cluster.nodes) await goesOn(name);
    expect(await heard(cluster)).toEqual(allBut(cluster));
  });

  it('is not believed where a node was thawed behind its back', async () => {
    const injection = await pause.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
    await named('n1').resume();
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  });

  it('leaves a node that can be killed, started and paused again', async () => {
    const injection = await pause.inject(cluster, { who: 'one', nodes: ['n2'] }, soon());
    await named('n2').kill();
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
    await named('n2').start();
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    const again = await pause.inject(cluster, { who: 'one', nodes: ['n2'] }, soon());
    expect(await again.effect(soon())).toMatchObject({ seen: true });
    await again.heal(soon());
    expect(await named('n2').exec(['true'])).toMatchObject({ exitCode: 0 });
  });
});

describe('kill', () => {
  it('ends exactly the planned nodes, and starts them at the same address', async () => {
    const before = await Promise.all(cluster.nodes.map((node) => node.state()));
    const injection = await kill.inject(cluster, { who: 'majority', nodes: ['n1', 'n3'] }, soon());
    expect(await injection.effect(soon())).toMatchObject({
      seen: true,
      measures: [
        { where: 'n1', what: `process ${before[0]?.pid ?? 0} is gone, exit code 137` },
        { where: 'n3', what: `process ${before[2]?.pid ?? 0} is gone, exit code 137` },
      ],
    });
    expect(await named('n2').state()).toEqual(before[1]);
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    for (const { name } of cluster.nodes) await goesOn(name);
    expect(await heard(cluster)).toEqual(allBut(cluster));
  });

  it('is not believed where a node was started behind its back, or had ended by itself', async () => {
    const injection = await kill.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
    await named('n1').start();
    expect(await injection.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
    await named('n1').kill();
    const late = await kill.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
    expect(await late.effect(AbortSignal.timeout(200))).toMatchObject({ seen: false });
    await late.heal(soon());
    expect(await late.recovery(soon())).toMatchObject({ seen: true });
  });
});
