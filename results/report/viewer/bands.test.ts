import { expect, test } from 'vitest';
import type { FaultEvidence } from '../../verdict.ts';
import { activeAt, bandsOf } from './bands.ts';
import { fixture } from '../fixture.ts';
import { laneAt, laneHeight, layoutLanes, scaleOf } from './layout.ts';

const neverHealed = (id: number, askedNs: number, more: Partial<FaultEvidence> = {}): FaultEvidence => ({
  id,
  fault: 'pause',
  describe: 'n9',
  nodes: ['n9'],
  askedNs,
  ...more,
});

const fault = (id: number, askedNs: number, more: Partial<FaultEvidence> = {}) =>
  neverHealed(id, askedNs, { healAskedNs: askedNs + 100, ...more });

test('only a measured effect is in force', () => {
  const bands = bandsOf([fault(0, 0, { firstEffectNs: 10, lastEffectNs: 90 }), fault(1, 20)], 1000);
  expect(bands[1]?.effect).toBeNull();
  expect(activeAt(bands, 50).map((band) => band.fault.id)).toEqual([0]);
  expect(activeAt(bands, 5)).toEqual([]);
});

test('faults that overlap stand on different tracks, and one never healed lasts to the end', () => {
  const open = neverHealed(2, 300, { firstEffectNs: 310 });
  const bands = bandsOf([fault(0, 0), fault(1, 50), fault(3, 200), open], 1000);
  expect(bands.map(({ track }) => track)).toEqual([0, 1, 0, 0]);
  expect(bands[3]).toMatchObject({ askedToNs: 1000, effect: { fromNs: 310, toNs: 1000 } });
});

test('lanes stand under one another: faults, nodes (those of faults too), processes', () => {
  const data = fixture([
    { process: 0, node: 'n10', fromNs: 0, toNs: 5 },
    { process: 1, node: 'n2', fromNs: 0, toNs: 5 },
  ]);
  const layout = layoutLanes(data.header, bandsOf([fault(0, 0)], 10));
  expect(layout.lanes.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
    'fault faults',
    'node n2',
    'node n9',
    'node n10',
    'process process 0',
    'process process 1',
  ]);
  layout.lanes.forEach((lane, i) => {
    expect(lane.y).toBeGreaterThanOrEqual((layout.lanes[i - 1]?.y ?? 0) + (layout.lanes[i - 1]?.height ?? 0));
    expect(laneAt(layout, lane.y + 1)).toBe(lane);
  });
  expect(layout.nodes[layout.nodeRow[data.node[0] ?? 0] ?? -1]).toBe('n10');
  expect(laneAt(layout, 2)).toBeNull();
});

test('lanes get lower as they get more, but never vanish', () => {
  expect([laneHeight(5), laneHeight(48), laneHeight(1000)]).toEqual([18, 10, 4]);
});

test('a scale and its inverse', () => {
  const scale = scaleOf({ fromNs: 100, toNs: 300 }, 50);
  expect(scale.x(200)).toBe(25);
  expect(scale.ns(scale.x(123))).toBeCloseTo(123);
});
