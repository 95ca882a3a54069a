/** The controller is killed outright while disks are full, slow and stuck: who heals then? */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engine, findEngine, sweep } from '../../targets/index.ts';

const session = `test-doomed-disks-${process.pid}`;
let engine: Engine;
const filters = { label: [`ordeal.session=${session}`] };
let doomed: ChildProcess | null = null;

beforeAll(async () => {
  engine = await findEngine();
});

afterAll(async () => {
  doomed?.kill('SIGKILL');
  await sweep(engine, 'dead');
  expect(await engine.docker.listContainers({ all: true, filters })).toEqual([]);
  expect((await engine.docker.listVolumes({ filters })).Volumes).toEqual([]);
});

async function inside(name: string, script: string): Promise<string> {
  const container = engine.docker.getContainer(`ordeal-${session}-${name}`);
  const exec = await container.exec({ Cmd: ['sh', '-c', script], AttachStdout: true, Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of await exec.start({ Tty: true })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function agentRuns(): Promise<boolean> {
  const found = await engine.docker.listContainers({ filters });
  return found.some(({ Names }) => Names.includes(`/ordeal-${session}-agent`));
}

it('within 5 s every node writes again, and the agent is gone', async () => {
  const jiti = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
  const child = spawn(process.execPath, [jiti, 'nemesis/testing/doomed-disks.ts', session], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  doomed = child;
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  expect(JSON.parse(line)).toEqual([true, true, true]);

  child.kill('SIGKILL');
  await once(child, 'exit');
  const killedMs = performance.now();
  while (await agentRuns()) {
    expect(performance.now() - killedMs).toBeLessThan(5_000);
    await sleep(50);
  }
  const write =
    'for i in 1 2 3; do dd if=/dev/zero of=/data/block bs=64k count=1 conv=fsync || exit 1; done; echo well';
  for (const name of ['n1', 'n2', 'n3']) expect(await inside(name, write)).toContain('well');
  expect(performance.now() - killedMs).toBeLessThan(5_000);
});
