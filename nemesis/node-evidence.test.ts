import { describe, expect, it } from 'vitest';
import type { Node, NodeState } from '../targets/index.ts';
import { examine, examineRunning } from './node-evidence.ts';

const clock = { nowNs: () => 7 };
const state: NodeState = { status: 'running', pid: 1, startedAt: '', exitCode: null };
const nodes = ['n1', 'n2'].map((name) => ({ name, state: () => Promise.resolve(state) }) as Node);

describe('evidence for nodes', () => {
  it('is complete where every node is as it should be', async () => {
    const measure = { what: 'well', seen: true, firstNs: 7, lastNs: 7 };
    expect(await examine(nodes, clock, () => ({ what: 'well', seen: true }))).toEqual({
      seen: true,
      measures: [
        { where: 'n1', ...measure },
        { where: 'n2', ...measure },
      ],
    });
  });

  it.each([examine, examineRunning])(
    'a node that cannot be looked at shows nothing, and the others are heard',
    async (ask) => {
      const effect = await ask(nodes, clock, (_, { name }) => {
        if (name === 'n1') throw new Error('no such process');
        return Promise.resolve({ what: 'well', seen: true });
      });
      expect(effect).toMatchObject({
        seen: false,
        measures: [
          { where: 'n1', what: 'not to be measured: no such process', seen: false },
          { where: 'n2', seen: true },
        ],
      });
    },
  );
});
