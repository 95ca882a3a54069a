import { describe, expect, it } from 'vitest';
import * as nemesis from '../index.ts';
import { cohorts, faultsOf, forgotten } from './cohorts.ts';

describe('cohorts', () => {
  it('forget no fault: its controller is killed in the midst of each', () => {
    const faults = faultsOf(nemesis);
    expect(faults.length).toBeGreaterThan(20);
    expect(forgotten(faults)).toEqual([]);
    expect(forgotten([...faults, { name: 'meteorite' }])).toEqual(['meteorite']);
  });

  it.each(Object.entries(cohorts))('%s: each fault shows by a complaint of its own', (_, { dooms, nodes }) => {
    const shows = dooms.map((doom) => doom.shows);
    expect(new Set(shows).size).toBe(shows.length);
    for (const complaint of shows) expect(Number(/^n(\d+): /.exec(complaint)?.[1])).toBeLessThanOrEqual(nodes);
  });
});
