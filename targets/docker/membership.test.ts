/** Joining and leaving where the system is made up: who is started again, who is taken away, who gets which name. */
import { expect, it } from 'vitest';
import type { Node } from '../cluster.ts';
import type { NodeSpec, Target, TargetMembership } from '../target.ts';
import { dockerMembership } from './membership.ts';
import type { Renewable } from './nodes.ts';

const soon = () => AbortSignal.timeout(30_000);

/** A system of `n1`, `n2`, whose joiners give up at their first `givingUp` starts. */
function cluster({ givingUp = 0 } = {}) {
  const diary: string[] = [];
  const members = new Set(['n1', 'n2']);
  const starts = new Map<string, number>();
  const make = (name: string): Renewable => ({
    node: {
      name,
      start: () => Promise.resolve(void starts.set(name, (starts.get(name) ?? 0) + 1)),
      state: () => Promise.resolve({ status: 'exited', pid: 0, startedAt: '', exitCode: 1 }),
    } as Partial<Node> as Node,
    renew: () => Promise.resolve(void diary.push(`renew ${name}`)),
    discard: () => Promise.resolve(void diary.push(`discard ${name}`)),
  });
  const system: TargetMembership<null> = {
    members: ({ name }) =>
      (starts.get(name) ?? 0) > givingUp
        ? Promise.resolve(new Map([...members].map((each) => [each, each])))
        : Promise.reject(new Error('refused')),
    remove: ({ name }) => Promise.resolve(void members.delete(name)),
    add({ name }) {
      members.add(name);
      return Promise.resolve({ command: [name], ports: [] } satisfies NodeSpec);
    },
  };
  const membership = dockerMembership({
    target: {} as Target<null>,
    system,
    params: null,
    nodes: [],
    renewables: [],
    guest: (i) => {
      const self = { name: `n${i + 3}`, address: '' };
      return { self, create: () => Promise.resolve((diary.push(`create ${self.name}`), make(self.name))) };
    },
  });
  return { membership, diary, members, starts };
}

it('a joiner that gives up is started again until it is a member', async () => {
  const { membership, starts } = cluster({ givingUp: 2 });
  expect((await membership.grow(soon())).name).toBe('n3');
  expect(starts.get('n3')).toBe(3);
});

it('a guest that does not join in time is taken out again, and says why', async () => {
  const { membership, members, diary } = cluster({ givingUp: Infinity });
  await expect(membership.grow(AbortSignal.timeout(200))).rejects.toThrow('n3 did not join: exited, exit code 1');
  expect([...members]).toEqual(['n1', 'n2']);
  expect(diary).toEqual(['create n3', 'discard n3']);
});

it('guests get the next names that are free, and one that left leaves its name', async () => {
  const { membership, members, diary } = cluster();
  const [first, second] = [await membership.grow(soon()), await membership.grow(soon())];
  expect([first.name, second.name]).toEqual(['n3', 'n4']);
  await membership.dismiss(first, soon());
  expect([...members]).toEqual(['n1', 'n2', 'n4']);
  expect((await membership.grow(soon())).name).toBe('n3');
  expect(diary).toEqual(['create n3', 'create n4', 'discard n3', 'renew n3']);
  expect(membership.guests().map(({ name }) => name)).toEqual(['n3', 'n4']);
});
