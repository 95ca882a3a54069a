import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findEngine, type Engine } from './engine.ts';
import { leftovers } from './leftovers.ts';
import { removeSession, sweep } from './sweep.ts';

let engine: Engine;
const session = `test-sweep-${process.pid}`;

/** A controller of its own process that launches two nodes, freezes the first, says so, and waits. */
const CONTROLLER = `
  const { createJiti } = await import('jiti');
  const { z } = await import('zod');
  const jiti = createJiti(${JSON.stringify(import.meta.url)});
  const { findEngine, dockerRuntime } = await jiti.import('./index.ts');
  const target = {
    name: 'sleep', summary: '', parameters: z.object({}), apis: {},
    image: () => ({ ref: 'debian:bookworm-slim' }),
    node: () => ({ command: ['sleep', '1000'], ports: [7000], volumes: ['/data'] }),
    ready: () => Promise.resolve(),
  };
  const cluster = await dockerRuntime(await findEngine()).launch(target, {}, {
    nodes: 2, session: process.argv[1], clock: { nowNs: () => 0 }, keep: process.argv[2] === 'keep',
    startTimeoutMs: 20000, onProgress: () => undefined,
  }, new AbortController().signal);
  await cluster.nodes[0].pause();
  console.log('launched');
  setInterval(() => undefined, 1000);
`;

const children: ChildProcess[] = [];

async function controller(...argv: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CONTROLLER, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text));
  const exit = once(child, 'exit').then(([code]) => `it ended with ${String(code)}`);
  expect(await Promise.race([line, exit])).toBe('launched');
  return child;
}

async function murder(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const nodes = [`ordeal-${session}-n1`, `ordeal-${session}-n2`];

describe('sweep', () => {
  beforeAll(async () => {
    engine = await findEngine();
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map(murder));
    await removeSession(engine, session);
  });

  afterAll(async () => {
    expect(await leftovers(engine, session)).toEqual([]);
  });

  it('takes what a killed controller left, frozen nodes too, and nothing of one that lives', async () => {
    const child = await controller(session);
    expect(await leftovers(engine, session)).toContain(`/${nodes[0] ?? ''}`);
    const early = await sweep(engine, 'dead');
    expect([...early.containers, ...early.networks, ...early.volumes].filter((name) => name.includes(session))).toEqual(
      [],
    );

    await murder(child);
    const swept = await sweep(engine, 'dead');
    const mine = (names: readonly string[]) => names.filter((name) => name.includes(session)).toSorted();
    // The agent goes by itself when its controller does, so it may or may not be among them.
    expect(mine(swept.containers)).toEqual(expect.arrayContaining(nodes));
    expect(mine(swept.networks)).toEqual([`ordeal-${session}`]);
    expect(mine(swept.volumes)).toEqual(nodes.map((name) => `${name}-0`));
    expect(await leftovers(engine, session)).toEqual([]);
  });

  it('spares what was to be kept, although its controller is gone', async () => {
    await murder(await controller(session, 'keep'));
    await sweep(engine, 'dead');
    expect(await leftovers(engine, session)).toEqual(expect.arrayContaining(nodes.map((name) => `/${name}`)));
  });

  it('can be run by two at once', async () => {
    await murder(await controller(session));
    await Promise.all([sweep(engine, 'dead'), sweep(engine, 'dead')]);
    expect(await leftovers(engine, session)).toEqual([]);
  });
});
