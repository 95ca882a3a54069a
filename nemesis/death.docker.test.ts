/** The controller is killed outright in the midst of every kind of fault: who heals then? How fast: `npm run bench -- death`. */
import { beforeAll, expect, it } from 'vitest';
import { findEngine, type Engine } from '../targets/index.ts';
import { cohorts } from './testing/cohorts.ts';
import { witness } from './testing/death.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await findEngine();
});

it.each(Object.entries(cohorts))(
  '%s: every node runs, answers, hears all others, tells the right time and writes again, and nothing else is left',
  async (name, { dooms }) => {
    const session = `test-death-${name}-${process.pid}`;
    const { said, unseen, rules, left } = await witness(engine, session, name);
    expect(said).toEqual(dooms.map(({ fault }) => ({ fault, seen: true })));
    expect(unseen).toEqual([]);
    // What finds no rules of ours later does find them now.
    if (name === 'links') expect(rules).toMatch(/table bridge ordeal_test_death[^]*queue/i);
    expect(left).toEqual([]);
    expect(
      await engine.docker.listContainers({ all: true, filters: { label: [`ordeal.session=${session}`] } }),
    ).toEqual([]);
  },
  400_000,
);
