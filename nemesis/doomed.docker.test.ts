/** The controller is killed outright while faults are in force: who heals then? */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Container } from 'dockerode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engine, findEngine, sweep } from '../targets/index.ts';

const session = `test-doomed-${process.pid}`;
let engine: Engine;
const root = fileURLToPath(new URL('..', import.meta.url));
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
let doomed: ChildProcess | null = null;

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

/** Cgroup version 1 or 2. */
const LIMITS =
  'cd /sys/fs/cgroup; cat cpu/cpu.cfs_quota_us memory/memory.limit_in_bytes cpu.max memory.max 2>/dev/null';

function container(name: string): Container {
  return engine.docker.getContainer(`ordeal-${session}-${name}`);
}

async function sendToAll(from: string, message: string): Promise<string> {
  const addresses = await Promise.all(
    NODES.filter((name) => name !== from).map(async (name) => {
      const { NetworkSettings } = await container(name).inspect();
      return Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
    }),
  );
  return addresses.map((address) => `echo -n ${message} ${from} > /dev/udp/${address}/7001`).join('\n');
}

async function heardIn(name: string, message: string): Promise<string[]> {
  const log = (await container(name).logs({ stdout: true, tail: 200 })).toString();
  return [...log.matchAll(new RegExp(`heard ${message} (n\\d)`, 'g'))]
    .map(([, from]) => `${from ?? ''}>${name}`)
    .toSorted();
}

async function inside(name: string, ...argv: string[]): Promise<string> {
  const exec = await container(name).exec({ Cmd: argv, AttachStdout: true, Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of await exec.start({ Tty: true })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** What a client of the node hears. */
async function greeting(name: string): Promise<string> {
  const { NetworkSettings } = await container(name).inspect();
  const [published] = NetworkSettings.Ports['7001/tcp'] ?? [];
  const socket = connect(Number(published?.HostPort), published?.HostIp);
  const heard = once(socket, 'data').then(([data]) => String(data));
  try {
    return await Promise.race([heard, sleep(1_000, 'no answer', { ref: false })]);
  } finally {
    heard.catch(() => undefined);
    socket.destroy();
  }
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
  const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended by itself: ${String(code)}`)));
  died.catch(() => undefined);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), died])) as [string];
  expect(JSON.parse(line)).toEqual(Array(8).fill(true));
  expect(await names()).toEqual(['agent', ...NODES]);
  expect(await inside('n3', 'true')).toContain('cannot exec in a paused container');

  expect(await greeting('n1')).toBe('no answer');

  child.kill('SIGKILL');
  await once(child, 'exit');
  const killedMs = performance.now();
  while ((await names()).includes('agent')) {
    expect(performance.now() - killedMs).toBeLessThan(5_000);
    await sleep(50);
  }
  // A node that is frozen or stopped hears nothing, one whose plug is out sends nothing, and a late packet is not there.
  // The kernel tells of a plug that is in again at most once a second.
  const everybody = NODES.flatMap((to) => NODES.filter((from) => from !== to).map((from) => `${from}>${to}`));
  for (let round = 0; ; round++) {
    await Promise.all(NODES.map(async (name) => inside(name, 'bash', '-c', await sendToAll(name, `round ${round}`))));
    await sleep(200);
    const heard = (await Promise.all(NODES.map((name) => heardIn(name, `round ${round}`)))).flat();
    if (performance.now() - killedMs > 5_000) expect(heard).toEqual(everybody);
    if (heard.length === everybody.length) break;
  }
  expect(performance.now() - killedMs).toBeLessThan(5_000);
  expect(await greeting('n1')).toBe('hello\n');
  expect(await inside('n2', 'sh', '-c', LIMITS)).toBe(await inside('n1', 'sh', '-c', LIMITS));
});
