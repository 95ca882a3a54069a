/** The controller is killed outright while faults are in force: who heals then? */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { findEngine, sweep } from '../targets/index.ts';

const session = `test-doomed-${process.pid}`;
const engine = await findEngine();
const root = fileURLToPath(new URL('..', import.meta.url));
let doomed: ChildProcess | null = null;

afterAll(async () => {
  doomed?.kill('SIGKILL');
  await sweep(engine, 'dead');
  expect(await engine.docker.listContainers({ all: true, filters: { label: [`ordeal.session=${session}`] } })).toEqual(
    [],
  );
});

async function inside(name: string, ...argv: string[]): Promise<string> {
  const container = engine.docker.getContainer(`ordeal-${session}-${name}`);
  const exec = await container.exec({ Cmd: argv, AttachStdout: true, Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of await exec.start({ Tty: true })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function names(): Promise<string[]> {
  const found = await engine.docker.listContainers({ all: true, filters: { label: [`ordeal.session=${session}`] } });
  return found.map(({ Names }) => Names[0]?.replace(`/ordeal-${session}-`, '') ?? '').toSorted();
}

it('within 5 s the nodes reach each other and run, and the agent is gone', async () => {
  const jiti = fileURLToPath(new URL('../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
  const child = spawn(process.execPath, [jiti, 'nemesis/testing/doomed.ts', session], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  doomed = child;
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  expect(JSON.parse(line)).toEqual([true, true]);
  expect(await names()).toEqual(['agent', 'n1', 'n2', 'n3']);
  expect(await inside('n3', 'true')).toContain('cannot exec in a paused container');

  child.kill('SIGKILL');
  await once(child, 'exit');
  const killedMs = performance.now();
  while ((await names()).includes('agent')) {
    expect(performance.now() - killedMs).toBeLessThan(5_000);
    await sleep(50);
  }
  expect(await inside('n3', 'echo', 'runs')).toContain('runs');
  const { NetworkSettings } = await engine.docker.getContainer(`ordeal-${session}-n2`).inspect();
  const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
  await inside('n1', 'bash', '-c', `echo -n after the end > /dev/udp/${address}/7001`);
  await sleep(100);
  const log = await engine.docker.getContainer(`ordeal-${session}-n2`).logs({ stdout: true, tail: 50 });
  expect(log.toString()).toContain('heard after the end');
  expect(performance.now() - killedMs).toBeLessThan(5_000);
});
