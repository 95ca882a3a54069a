/** Clients cut off from nodes, and nodes that would reach each other around a cut over the machine itself. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEngine, type Cluster, type Node } from '../targets/index.ts';
import clients from './clients.ts';
import partition, { planOf } from './partition.ts';
import { allBut, greeters, heard, launchHearers } from './testing/hearers.ts';
import { PATIENTLY, shortly, soon } from './testing/patience.ts';

const PORT = 7001;
const one = { who: 'one', nodes: ['n1'] };

/** What a client hears that connects to the node: its greeting, or nothing within a while. */
async function greeting(node: Node | undefined): Promise<string> {
  if (node === undefined) throw new Error('no such node');
  const socket = connect(node.endpoint(PORT));
  try {
    const [data] = (await once(socket, 'data', { signal: AbortSignal.timeout(600) })) as [Buffer];
    return data.toString();
  } catch (error) {
    return (error as Error).name === 'AbortError' ? 'no answer' : (error as Error).message;
  } finally {
    socket.destroy();
  }
}

describe('cut-clients', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await launchHearers(`test-clients-${process.pid}`, 3, {}, { target: greeters });
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  it('leaves clients of exactly the planned nodes without an answer, while all nodes reach each other', async () => {
    const injection = await clients.inject(cluster, one, soon());
    const effect = await injection.effect(soon());
    expect(effect).toMatchObject({
      seen: true,
      measures: [{ where: 'n1', what: `port ${PORT}: no answer in 500 ms` }],
    });
    expect(await greeting(cluster.nodes[0])).toBe('no answer');
    expect(await greeting(cluster.nodes[1])).toBe('hello\n');
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({
      seen: true,
      measures: [{ where: 'n1', what: `port ${PORT}: connected` }],
    });
    expect(await greeting(cluster.nodes[0])).toBe('hello\n');
  });

  it('heals only its own while another one is in force', async () => {
    const first = await clients.inject(cluster, { who: 'minority', nodes: ['n1', 'n2'] }, soon());
    const second = await clients.inject(cluster, { who: 'minority', nodes: ['n2', 'n3'] }, soon());
    await first.heal(soon());
    expect(await first.recovery(soon())).toMatchObject({ seen: true });
    expect(await greeting(cluster.nodes[0])).toBe('hello\n');
    expect(await greeting(cluster.nodes[1])).toBe('no answer');
    await second.heal(soon());
    expect(await greeting(cluster.nodes[1])).toBe('hello\n');
  });

  it('is not believed where nothing was cut, nor where the nodes lost each other too, nor healed on its word', async () => {
    const idle = { ...cluster, network: { ...cluster.network, cutClients: () => Promise.resolve() } };
    const fake = await clients.inject(idle, one, soon());
    expect(await fake.effect(shortly())).toMatchObject({ seen: false });
    const real = await clients.inject(cluster, one, soon());
    await cluster.network.cut([{ from: 'n1', to: 'n2' }]);
    const effect = await real.effect(AbortSignal.timeout(1_500));
    expect(effect.seen).toBe(false);
    expect(effect.measures).toContainEqual({
      where: 'n1>n2',
      what: 'no packet passes, and it was not to be cut',
      seen: false,
    });
    await cluster.network.cut([]);
    await fake.heal(soon());
    await real.heal(soon());
    await cluster.network.cutClients?.(['n1']);
    expect(await real.recovery(shortly())).toMatchObject({ seen: false });
    await cluster.network.cutClients?.([]);
  });
});

describe('hairpins', () => {
  let cluster: Cluster;
  const links = [
    { from: 'n1', to: 'n2' },
    { from: 'n2', to: 'n1' },
  ];
  beforeAll(async () => {
    const engine = await findEngine();
    // An address of the machine that nodes reach, as where the engine is a remote one.
    const { IPAM } = (await engine.docker.getNetwork('bridge').inspect()) as { IPAM: { Config: { Subnet: string }[] } };
    const host = (IPAM.Config[0]?.Subnet ?? '').replace(/0\/\d+$/, '1');
    const publishing = { ...engine, publish: { bind: host, reach: host } };
    cluster = await launchHearers(
      `test-hairpins-${process.pid}`,
      3,
      {},
      { target: greeters, engine: Promise.resolve(publishing) },
    );
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  const reaches = async (from: number, to: number) => {
    const { host, port } = cluster.nodes[to]?.endpoint(PORT) ?? { host: '', port: 0 };
    const script = `exec 3<> /dev/tcp/${host}/${port} && head -n 1 <&3`;
    return (await cluster.nodes[from]?.exec(['timeout', '1', 'bash', '-c', script]))?.stdout;
  };

  it('are cut along with a link, and no others', async () => {
    expect(await reaches(0, 1)).toBe('hello\n');
    const injection = await partition.inject(cluster, planOf('single-link', links), soon());
    expect(await injection.effect(soon())).toMatchObject({ seen: true });
    expect(await reaches(0, 1)).toBe('');
    expect(await reaches(1, 0)).toBe('');
    expect(await reaches(0, 2)).toBe('hello\n');
    expect(await greeting(cluster.nodes[1])).toBe('hello\n');
    await injection.heal(soon());
    expect(await injection.recovery(soon())).toMatchObject({ seen: true });
    expect(await reaches(0, 1)).toBe('hello\n');
  });

  it('convict a partition that leaves them open', async () => {
    const [there] = links;
    const found = (await cluster.network.hairpins?.(links, soon())) ?? [];
    expect(found.map(({ link }) => link)).toEqual(expect.arrayContaining(links));
    const leaky = { ...cluster, network: { ...cluster.network, hairpins: () => Promise.resolve(found) } };
    const injection = await partition.inject(leaky, planOf('single-link', links), soon());
    const effect = await injection.effect(AbortSignal.timeout(1_500));
    expect(effect.seen).toBe(false);
    const { host, port } = cluster.nodes[1]?.endpoint(PORT) ?? { host: '', port: 0 };
    expect(effect.measures).toContainEqual({
      where: `${there?.from ?? ''}>${there?.to ?? ''}`,
      what: `no packet passes, but n2 is reached over ${host}:${port}`,
      seen: false,
    });
    await injection.heal(soon());
  });
});
