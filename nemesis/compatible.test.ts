import { describe, expect, test } from 'vitest';
import { compatible } from './compatible.ts';
import type { Fault } from './fault.ts';
import * as nemesis from './index.ts';

const faults = new Map(
  Object.values<unknown>(nemesis)
    .filter((thing): thing is Fault => typeof thing === 'object' && thing !== null && 'inject' in thing)
    .map((fault) => [fault.name, fault]),
);

/** `kill n1,n2`: those faults of nodes; for others a plan of their own kind. */
function intent(text: string) {
  const [name = '', names = ''] = text.split(' ');
  const fault = faults.get(name);
  if (fault === undefined) throw new Error(`no fault ${name}`);
  const nodes = names.split(',');
  const bends = Object.fromEntries(nodes.map((node) => [node, { kind: 'offset', offsetMs: 500 }]));
  return { fault, plan: name === 'clock' ? { nodes: bends } : { who: 'some', nodes, node: nodes[0] } };
}

const both = (one: string, other: string) => {
  const [a, b] = [intent(one), intent(other)];
  const answer = compatible(a, b);
  expect(compatible(b, a), 'in either order').toBe(answer);
  return answer;
};

describe('of two faults', () => {
  test.each([
    ['kill n1', 'restart n1,n2'],
    ['kill n1', 'stop n1'],
    ['kill n2,n3', 'pause n1,n2'],
    ['pause n1', 'sigstop n1'],
    ['kill n1', 'memory n1'],
    ['kill n1', 'read-only n1'],
    ['restart n1', 'power-loss n1'],
    ['pause n1', 'stuck-disk n1'],
    ['pause n1', 'slow-disk n1'],
    ['kill n1', 'unplug n1'],
    ['disk-full n1', 'stuck-disk n1'],
    ['clock n1', 'clock n1'],
  ])('%s and %s would undo each other', (one, other) => {
    expect(both(one, other)).toBe(false);
  });

  test.each([
    // Nobody knows whom it strikes before it does.
    ['kill-primaries', 'kill n1'],
    ['pause-primaries', 'disk-full n5'],
    // Members change only while all others go on.
    ['shrink n1', 'kill n2'],
    ['grow', 'pause n5'],
    ['replace n1', 'memory n2'],
    ['grow', 'shrink n1'],
    ['corrupt n5', 'kill n1'],
    ['truncate n5', 'grow'],
    ['partition', 'packets'],
  ])('%s and %s would, wherever they strike', (one, other) => {
    expect(both(one, other)).toBe(false);
  });

  test.each([
    ['kill n1', 'pause n2'],
    ['kill n1,n2', 'disk-full n3'],
    ['kill n1', 'clock n1,n2'],
    ['pause n1', 'clock n1'],
    ['kill n1', 'partition'],
    ['pause n1', 'partition'],
    ['slow n1', 'kill n1'],
    ['grow', 'partition'],
    ['shrink n1', 'clock n1'],
    ['kill n1', 'isolate-primaries'],
    ['unplug n1', 'kill n2'],
  ])('%s and %s are possible', (one, other) => {
    expect(both(one, other)).toBe(true);
  });
});
