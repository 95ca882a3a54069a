/** What cannot be provoked on this machine: a kernel that forbids the write, and an agent that fails on the way. */
import { expect, it } from 'vitest';
import { Problem } from '../../results/index.ts';
import type { Agent, Cluster, Node } from '../../targets/index.ts';
import { clock } from './index.ts';
import { ownVdso } from './testing/own-vdso.ts';

const PLAN = { nodes: { n1: { kind: 'offset', offsetMs: 60_000 } } } as const;

/** An agent that answers each verb of the mender with the given lines, and remembers what it was asked. */
function scripted(answers: Record<string, string | Error>): { cluster: Cluster; asked: string[] } {
  const asked: string[] = [];
  const agent: Agent = {
    run(script) {
      const [, verb = ''] = /^perl - (\w+)/.exec(script) ?? [];
      asked.push(verb);
      const answer = answers[verb] ?? '';
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    cure(script) {
      expect(script).toMatch(/^perl - restore /);
      asked.push('cure');
      return Promise.resolve(() => {
        asked.push('withdraw');
        return Promise.resolve();
      });
    },
  };
  const node = {
    name: 'n1',
    state: () => Promise.resolve({ status: 'running', pid: 100, startedAt: '', exitCode: null }),
  };
  return { cluster: { nodes: [node as Partial<Node> as Node], agent } as Partial<Cluster> as Cluster, asked };
}

const survey = `clock 1800000000.000000001\nbytes ${Buffer.from(ownVdso()).toString('hex')}\n`;
const never = new AbortController().signal;

it('says what to do where the kernel forbids the write, after undoing what it had begun', async () => {
  const { cluster, asked } = scripted({
    survey,
    bend: 'init n1 5\nproblem n1 writing over the vDSO of etcd: Input/output error\nprocess n1 100 true etcd\n',
  });
  const error = await clock.inject(cluster, PLAN, never).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).message).toMatch(/kernel forbids writing into n1's processes/);
  expect((error as Problem).remedy).toMatch(/proc_mem\.force_override/);
  expect(asked).toEqual(['survey', 'cure', 'bend', 'restore', 'look', 'withdraw']);
});

it('fails with the reason where a process cannot be held', async () => {
  const { cluster, asked } = scripted({
    survey,
    bend: 'init n1 5\nproblem n1 a thread of etcd stands in the bytes\nprocess n1 100 true etcd\n',
  });
  await expect(clock.inject(cluster, PLAN, never)).rejects.toThrow(
    'the clock of n1 cannot be bent: a thread of etcd stands in the bytes',
  );
  expect(asked.at(-1)).toBe('withdraw');
});

it('leaves the cure with the agent where the clocks could not be restored', async () => {
  const { cluster, asked } = scripted({
    survey,
    bend: new Error('lost'),
    look: 'init n1 5\nprocess n1 100 kept etcd\n',
  });
  await expect(clock.inject(cluster, PLAN, never)).rejects.toThrow('clocks could not be restored: etcd is bent');
  expect(asked).toContain('cure');
  expect(asked).not.toContain('withdraw');
});

it('refuses a plan for a node that is not there, and a cluster without an agent', async () => {
  const { cluster, asked } = scripted({ survey });
  const elsewhere = { nodes: { n9: { kind: 'offset', offsetMs: 1 } } } as const;
  await expect(clock.inject(cluster, elsewhere, never)).rejects.toThrow('the plan names n9; the cluster has n1');
  const bare = { nodes: cluster.nodes } as Partial<Cluster> as Cluster;
  await expect(clock.inject(bare, PLAN, never)).rejects.toThrow('without an agent');
  expect(asked).toEqual([]);
});
