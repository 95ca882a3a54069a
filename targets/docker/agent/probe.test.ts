import { expect, it } from 'vitest';
import { probe, probedCapabilities, ScriptFailed, type AgentStream } from './index.ts';

/** An agent on which exactly the scripts that hold one of these words fail, and what they say then. */
function agentWithout(refusals: Readonly<Record<string, string>>): AgentStream {
  return {
    run(script) {
      const word = Object.keys(refusals).find((one) => script.includes(one));
      return word === undefined
        ? Promise.resolve('found\n')
        : Promise.reject(new ScriptFailed(script, 1, refusals[word] ?? ''));
    },
    spawn: () => {
      throw new Error('nothing is spawned by a probe');
    },
    cure: () => Promise.reject(new Error('nothing is left to cure')),
    close: () => undefined,
  };
}

async function probed(refusals: Readonly<Record<string, string>>) {
  const probes = await probe(agentWithout(refusals), AbortSignal.timeout(20_000));
  const lacking = Object.entries(probedCapabilities(probes)).filter(([, answer]) => answer !== true);
  return { byName: new Map(probes.map((one) => [one.name, one])), lacking: Object.fromEntries(lacking) };
}

it('where everything is there, nothing lacks', async () => {
  const { byName, lacking } = await probed({});
  expect(lacking).toEqual({});
  expect([...byName.values()].every(({ available, remedy }) => available && remedy === undefined)).toBe(true);
});

it('without netem it says what replaces it, and only `netem` lacks', async () => {
  const { byName, lacking } = await probed({ netem: 'Error: Specified qdisc kind is unknown.\n' });
  expect(lacking).toEqual({ netem: 'the kernel has no sch_netem (Error: Specified qdisc kind is unknown.)' });
  expect(byName.get('netem')).toMatchObject({
    available: false,
    spare: true,
    remedy: 'None is needed: what netem does to packets, the packet queue does in user space.',
  });
});

it('links can be cut by either family of nf_tables, and by neither where both lack', async () => {
  expect((await probed({ 'table bridge': 'Error: Protocol not supported\n' })).lacking).toEqual({});
  expect((await probed({ 'table inet': 'Error: Protocol not supported\n' })).lacking).toEqual({});
  expect((await probed({ 'nft ': 'Error: Protocol not supported\n' })).lacking).toEqual({
    partition: 'the kernel has no nf_tables (Error: Protocol not supported)',
  });
});

it('an agent that may not look into other processes can do nothing inside the nodes', async () => {
  const { lacking } = await probed({ readlink: '' });
  expect(Object.keys(lacking).toSorted()).toEqual(['clock', 'data', 'disk', 'packets', 'partition']);
  expect(lacking['clock']).toBe('the agent may not look into the processes of other containers');
});

it('what the agent may not do is told from what the kernel has not', async () => {
  const { byName, lacking } = await probed({ NFQUEUE: 'iptables: Operation not permitted.\nand more\n' });
  expect(lacking).toEqual({ packets: 'the agent may not do it (iptables: Operation not permitted.)' });
  expect(byName.get('packet queue')?.remedy).toMatch(/^The engine must give the agent the capabilities it asks for/);
});
