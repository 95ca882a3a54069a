/** The controller is killed outright while clocks are bent: who sets them right then? */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engine, findEngine, sweep } from '../../targets/index.ts';
import { parseLine } from './testing/bench.ts';

const session = `test-clock-doomed-${process.pid}`;
let engine: Engine;
const root = fileURLToPath(new URL('../..', import.meta.url));
let doomed: ChildProcess | undefined;

beforeAll(async () => {
  engine = await findEngine();
});

afterAll(async () => {
  doomed?.kill('SIGKILL');
  await sweep(engine, 'dead');
  expect(await engine.docker.listContainers({ all: true, filters: { label: [`ordeal.session=${session}`] } })).toEqual(
    [],
  );
});

async function said(name: string): Promise<Record<string, bigint>> {
  const container = engine.docker.getContainer(`ordeal-${session}-${name}`);
  return parseLine((await container.logs({ stdout: true, tail: 1 })).toString());
}

async function skewMs(name: string): Promise<number> {
  const { true: truth = 0n, realtime = 0n } = await said(name);
  return Number(realtime - truth) / 1e6;
}

it('within 5 s all of them tell the right time, forked children too', async () => {
  const jiti = fileURLToPath(new URL('node_modules/jiti/lib/jiti-cli.mjs', `file://${root}`));
  const child = spawn(process.execPath, [jiti, 'nemesis/clock/testing/doomed.ts', session], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  doomed = child;
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  expect(line).toBe('true');
  expect(await skewMs('n1')).toBeCloseTo(60_000, -1);
  expect(await skewMs('n2')).toBeGreaterThan(1);

  child.kill('SIGKILL');
  const killedMs = performance.now();
  await once(child, 'exit');
  while (Math.abs(await skewMs('n1')) > 1 || Math.abs(await skewMs('n2')) > 1) {
    expect(performance.now() - killedMs).toBeLessThan(5_000);
    await sleep(50);
  }
  // The spinning threads read hundreds of thousands of times a second; once healed, none of them is bent any more.
  await sleep(300);
  const healed = await said('n3');
  await sleep(300);
  const later = await said('n3');
  expect(later['straight']).toBeGreaterThan(healed['straight'] ?? 0n);
  expect(later['bent']).toBe(healed['bent']);
  expect(performance.now() - killedMs).toBeLessThan(5_000);
});
