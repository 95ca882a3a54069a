import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster, Link } from '../targets/index.ts';
import { seeded } from '../workloads/index.ts';
import partition, { planOf } from './partition.ts';
import { allBut, heard, launchHearers } from './testing/hearers.ts';
import { PATIENTLY, soon } from './testing/patience.ts';
import { topologies, type Shape } from './topology.ts';

let cluster: Cluster;
const session = `test-partition-${process.pid}`;

beforeAll(async () => {
  cluster = await launchHearers(session);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const link = (text: string): Link => {
  const [from = '', to = ''] = text.split('>');
  return { from, to };
};

describe('partition', () => {
  it.each(Object.keys(topologies) as Shape[])(
    '%s: exactly the planned links fall silent, and come back',
    async (shape) => {
      const random = seeded(shape);
      const links = topologies[shape].cut(random.shuffle(cluster.nodes.map(({ name }) => name)), random);
      const askedNs = cluster.clock.nowNs();
      const injection = await partition.inject(cluster, planOf(shape, links), soon());
      const effect = await injection.effect(soon());
      expect(effect).toMatchObject({ seen: true });
      expect(effect.measures.map(({ where }) => where).toSorted()).toEqual(
        links.map(({ from, to }) => `${from}>${to}`).toSorted(),
      );
      for (const { firstNs, lastNs } of effect.measures) {
        expect(firstNs).toBeGreaterThan(askedNs);
        expect(lastNs).toBeGreaterThan(firstNs ?? Infinity);
      }
      await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster, links));

      const healNs = cluster.clock.nowNs();
      await injection.heal(soon());
      const recovery = await injection.recovery(soon());
      expect(recovery).toMatchObject({ seen: true });
      expect(recovery.measures).toHaveLength(links.length);
      for (const { firstNs } of recovery.measures) expect(firstNs).toBeGreaterThan(healNs);
      await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
    },
  );

  it('heals only its own links while another one is in force', async () => {
    const one = await partition.inject(cluster, planOf('single-link', [link('n1>n2'), link('n2>n1')]), soon());
    const two = await partition.inject(cluster, planOf('single-link', [link('n2>n1'), link('n4>n5')]), soon());
    expect(await one.effect(soon())).toMatchObject({ seen: true });
    expect(await two.effect(soon())).toMatchObject({ seen: true });
    await one.heal(soon());
    expect(await one.recovery(soon())).toMatchObject({
      seen: true,
      measures: [
        { where: 'n1>n2', what: 'packets arrive again' },
        { where: 'n2>n1', what: 'cut by another fault still' },
      ],
    });
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster, [link('n2>n1'), link('n4>n5')]));
    await two.heal(soon());
    expect(await two.recovery(soon())).toMatchObject({ seen: true });
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
  });

  it('stays in force while a node is killed and started again', async () => {
    const links = [link('n3>n1'), link('n1>n3')];
    const injection = await partition.inject(cluster, planOf('single-link', links), soon());
    await cluster.nodes[2]?.kill();
    const whileDead = await injection.effect(AbortSignal.timeout(4_000));
    expect(whileDead.measures.map(({ what }) => what)).toEqual(['one end does not run', 'one end does not run']);
    await cluster.nodes[2]?.start();
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster, links));
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  });

  it('is not believed where its links were opened behind its back', async () => {
    const injection = await partition.inject(cluster, planOf('halves', [link('n1>n2'), link('n2>n1')]), soon());
    await cluster.network.cut([]);
    // Until the first packet has passed, the links have been silent.
    await sleep(500);
    const effect = await injection.effect(AbortSignal.timeout(300));
    expect(effect.seen).toBe(false);
    expect(effect.measures).toMatchObject([{ seen: false, what: 'packets still pass' }, { seen: false }]);
    await injection.heal(soon());
  });

  /** The same cluster, on whose network something else is cut than was asked for. */
  const withCut = (cut: (links: readonly Link[]) => readonly Link[]): Cluster => ({
    ...cluster,
    network: { ...cluster.network, cut: (links) => cluster.network.cut(cut(links)) },
  });

  it('is not believed where it hit more than was planned', async () => {
    const zealous = withCut((links) => [...links, link('n5>n4')]);
    const injection = await partition.inject(zealous, planOf('one-way', [link('n1>n2')]), soon());
    const effect = await injection.effect(AbortSignal.timeout(1_000));
    expect(effect).toMatchObject({ seen: false });
    expect(effect.measures).toContainEqual({
      where: 'n5>n4',
      what: 'no packet passes, and it was not to be cut',
      seen: false,
    });
    await cluster.network.cut([]);
  });

  it('is not healed on its word', async () => {
    let heals = false;
    const stubborn = withCut((links) => (heals ? links : [link('n1>n2')]));
    const injection = await partition.inject(stubborn, planOf('one-way', [link('n1>n2')]), soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    await injection.heal(soon());
    expect(await injection.recovery(AbortSignal.timeout(300))).toMatchObject({ seen: false });
    heals = true;
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
  });
});
