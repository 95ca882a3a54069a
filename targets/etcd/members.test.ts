/** Changes of etcd's members as they are asked of members that disagree for a while: servers that only know their lists. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Node } from '../cluster.ts';
import { addMember, removeMember } from './members.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

const url = (name: string) => `http://${name}:2380`;
const soon = () => AbortSignal.timeout(30_000);

interface Group {
  readonly nodes: Node[];
  /** What each member was asked to change, in order: `n2 add n5`. */
  readonly asked: string[];
}

interface Behaviour {
  /** Answers about the list before a member learns of a change that another has made. */
  readonly lags?: Readonly<Record<string, number>>;
  /** So many changes are refused first. */
  readonly refusals?: number;
  /** What a member knows that is not known to all. */
  readonly ignorant?: readonly string[];
  readonly silent?: readonly string[];
}

/** Members `names`, who all know `members`; but the ignorant do not know the last of these yet. */
async function group(names: string[], members: string[], behaviour: Behaviour = {}): Promise<Group> {
  const { lags = {}, ignorant = [], silent = [] } = behaviour;
  let refusals = behaviour.refusals ?? 0;
  const lists = new Map(names.map((name) => [name, ignorant.includes(name) ? members.slice(0, -1) : members]));
  const pending = new Map<string, { list: string[]; answers: number }>();
  const asked: string[] = [];
  const change = (at: string, list: string[]) => {
    for (const name of names) pending.set(name, { list, answers: name === at ? 0 : (lags[name] ?? 0) });
  };
  const answer = (name: string, path: string, body: { ID?: string; peerURLs?: string[] }) => {
    const own = lists.get(name) ?? [];
    if (path.endsWith('/list')) {
      const next = pending.get(name);
      if (next !== undefined && next.answers-- <= 0) lists.set(name, next.list);
    } else {
      const [subject = ''] = body.ID === undefined ? (body.peerURLs ?? []) : [url(body.ID)];
      const who = /\/\/(\w+):/.exec(subject)?.[1] ?? '';
      asked.push(`${name} ${path.split('/').at(-1) ?? ''} ${who}`);
      if (refusals-- > 0) return null;
      change(name, path.endsWith('/add') ? [...own, who] : own.filter((member) => member !== who));
    }
    return {
      members: (lists.get(name) ?? []).map((member) => ({ ID: member, name: member, peerURLs: [url(member)] })),
    };
  };
  const nodes = await Promise.all(
    names.map(async (name) => {
      const server = createServer((request, response) => {
        if (silent.includes(name)) return;
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const told = answer(name, request.url ?? '', JSON.parse(Buffer.concat(chunks).toString()) as object);
          const refusal = { code: 14, message: 'etcdserver: unhealthy cluster' };
          response.writeHead(told === null ? 503 : 200).end(JSON.stringify(told ?? refusal));
        });
      }).listen(0, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return { name, endpoint: () => ({ host: '127.0.0.1', port }) } as Partial<Node> as Node;
    }),
  );
  return { nodes, asked };
}

const FOUR = ['n1', 'n2', 'n3', 'n4'];

it('adds a member once, and waits until the one that lags behind knows of it', { timeout: 40_000 }, async () => {
  const { nodes, asked } = await group(FOUR, FOUR, { lags: { n3: 3 } });
  const members = await addMember(url('n5'), nodes, 2379, soon());
  expect(members.map(({ peerUrl }) => peerUrl)).toEqual([...FOUR, 'n5'].map(url));
  expect(asked).toHaveLength(1);
  // What is asked now is what a joiner would be told.
  for (const node of nodes) expect((await addMember(url('n5'), [node], 2379, soon())).length).toBe(5);
  expect(asked).toHaveLength(1);
});

it(
  'does not take a member for removed because one that lags behind does not know it yet',
  { timeout: 40_000 },
  async () => {
    const { nodes, asked } = await group(FOUR, [...FOUR, 'n5'], { ignorant: ['n1'] });
    await removeMember(url('n5'), nodes, 2379, soon());
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^n[234] remove n5$/);
  },
);

it('asks again where it is refused, and not at all where it is so already', { timeout: 40_000 }, async () => {
  const { nodes, asked } = await group(FOUR, FOUR, { refusals: 2 });
  await addMember(url('n5'), nodes, 2379, soon());
  expect(asked).toHaveLength(3);
  await removeMember(url('n9'), nodes, 2379, soon());
  expect(asked).toHaveLength(3);
});

it('believes no minority, and says with what it was refused', { timeout: 40_000 }, async () => {
  const few = await group(FOUR, FOUR, { silent: ['n1', 'n2'] });
  await expect(removeMember(url('n9'), few.nodes, 2379, AbortSignal.timeout(300))).rejects.toThrow(
    'too few of the other',
  );
  const unwilling = await group(FOUR, FOUR, { refusals: 1_000 });
  const giveUp = new AbortController();
  const adding = addMember(url('n5'), unwilling.nodes, 2379, giveUp.signal);
  const refused = expect(adding).rejects.toThrow('unhealthy cluster');
  await expect.poll(() => unwilling.asked.length, { timeout: 30_000 }).toBeGreaterThan(1);
  giveUp.abort();
  await refused;
});
