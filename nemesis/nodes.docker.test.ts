/** Faults of nodes, seen from inside. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Agent, Cluster, Node } from '../targets/index.ts';
import { clock } from './clock/index.ts';
import { HOLD_LOCK, holding } from './held.ts';
import kill from './kill.ts';
import memory from './memory.ts';
import pause from './pause.ts';
import restart from './restart.ts';
import sigstop from './sigstop.ts';
import slow from './slow.ts';
import stop from './stop.ts';
import unplug from './unplug.ts';
import { allBut, heard, lastTick, launchHearers } from './testing/hearers.ts';
import { PATIENTLY, soon } from './testing/patience.ts';

let cluster: Cluster;
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

const stands = (name: string) => expect.poll(() => ticks(name), { timeout: 20_000 }).toBe(0);
const goesOn = (name: string) => expect.poll(() => ticks(name), { timeout: 20_000 }).toBeGreaterThan(0);

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
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
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
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
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

describe('stop', () => {
  it('lets exactly the planned nodes say goodbye, and starts them again', async () => {
    const injection = await stop.inject(cluster, { who: 'one', nodes: ['n2'] }, soon());
    const effect = await injection.effect(soon());
    expect(effect).toMatchObject({ seen: true, measures: [{ where: 'n2' }] });
    expect(effect.measures[0]?.what).toMatch(/exit code 0$/);
    expect(await named('n2').tail(3)).toContain('bye');
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    await goesOn('n2');
  });
});

describe('restart', () => {
  it('gives every planned node a new process at the same address', async () => {
    const before = await Promise.all(cluster.nodes.map((node) => node.state()));
    const injection = await restart.inject(cluster, { who: 'all', nodes: ['n1', 'n2', 'n3'] }, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    const after = await Promise.all(cluster.nodes.map((node) => node.state()));
    for (const [i, { startedAt }] of after.entries()) expect(startedAt).not.toBe(before[i]?.startedAt);
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await Promise.all(cluster.nodes.map((node) => node.state()))).toEqual(after);
  });
});

describe('sigstop', () => {
  it('stops the processes of the planned nodes, while new ones still run there', async () => {
    const injection = await sigstop.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    await stands('n1');
    await goesOn('n2');
    expect(await named('n1').exec(['true'])).toMatchObject({ exitCode: 0 });
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    await goesOn('n1');
  });

  it('stops nothing while the clock fault holds processes still, nor continues it', async () => {
    const agent = cluster.agent as Agent;
    const { pid } = await named('n1').state();
    const state = `sed -n 's/^State:.//p' /proc/${pid}/status`;
    const taken = () => agent.run(`flock -n ${HOLD_LOCK} true || echo taken`);
    const holds = async () => {
      const held = agent.run(holding(`sleep 1; ${state}`));
      await expect.poll(taken, { timeout: 20_000, interval: 5 }).toContain('taken');
      return { held };
    };
    const before = await holds();
    const injection = await sigstop.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
    expect(await before.held).not.toMatch(/^T/);
    expect(await agent.run(state)).toMatch(/^T/);
    const after = await holds();
    await injection.heal(soon());
    expect(await after.held).toMatch(/^T/);
    expect(await agent.run(state)).not.toMatch(/^T/);
  });

  it('outlasts a clock fault of the same node', async () => {
    const injection = await sigstop.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
    const bend = await clock.inject(cluster, { nodes: { n1: { kind: 'offset', offsetMs: 60_000 } } }, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    await bend.heal(soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    await stands('n1');
    await injection.heal(soon());
    await goesOn('n1');
  });
});

describe('slow', () => {
  /** Milliseconds that some work takes in a node. */
  async function work(name: string): Promise<number> {
    const startMs = performance.now();
    await named(name).exec(['perl', '-e', 'for (my $i = 0; $i < 8_000_000; $i++) {}']);
    return performance.now() - startMs;
  }

  it('makes work in exactly the planned nodes take many times as long', async () => {
    const plan = { who: 'one', nodes: ['n3'], cpuPercent: 5 };
    const injection = await slow.inject(cluster, plan, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    const [slowMs, freeMs] = [await work('n3'), await work('n1')];
    expect(slowMs).toBeGreaterThan(2 * freeMs);
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await work('n3')).toBeLessThan(slowMs / 2);
  });
});

describe('memory', () => {
  const allocate = () => named('n1').exec(['perl', '-e', 'my $x = "x" x 200_000_000; print length $x']);

  it('leaves exactly the planned nodes no more than was left, until it is healed', async () => {
    const injection = await memory.inject(cluster, { who: 'one', nodes: ['n1'], headroomMiB: 16 }, soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    expect(await allocate()).toMatchObject({ exitCode: 137 });
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await allocate()).toMatchObject({ exitCode: 0, stdout: '200000000' });
  });
});

describe('unplug', () => {
  it('is noticed by exactly the planned nodes, and leaves their addresses and routes as they were', async () => {
    const connect = (name: string) => named(name).exec(['bash', '-c', `exec 3<> /dev/tcp/${named('n2').address}/7001`]);
    const injection = await unplug.inject(cluster, { who: 'one', nodes: ['n1'] }, soon());
    const effect = await injection.effect(soon());
    expect(effect).toMatchObject({ seen: true });
    expect(effect.measures.map(({ where }) => where).toSorted()).toEqual(['n1>n2', 'n1>n3', 'n2>n1', 'n3>n1']);
    expect((await connect('n1')).stderr).toContain('No route to host');
    expect((await connect('n3')).stderr).toContain('Connection refused');
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect((await connect('n1')).stderr).toContain('Connection refused');
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
  });
});
