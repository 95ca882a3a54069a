import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../results/index.ts';
import type { LaunchOptions, Runtime } from '../runtime.ts';
import { defineTarget, Unmet, type Target } from '../target.ts';
import { findEngine, type Engine } from './engine.ts';
import { dockerRuntime } from './runtime.ts';
import { leftovers } from './leftovers.ts';
import { removeSession } from './sweep.ts';

let engine: Engine;
let runtime: Runtime;
const session = `test-runtime-${process.pid}`;
const options: LaunchOptions = {
  nodes: 3,
  session,
  clock: { nowNs: () => Math.round(performance.now() * 1e6) },
  keep: false,
  startTimeoutMs: 20_000,
  onProgress: () => undefined,
};
const signal = AbortSignal.timeout(120_000);

/** A target of one shell line per node. */
function shell(
  script: string,
  ready: Target<Record<string, never>>['ready'] = () => Promise.resolve(),
): Target<Record<string, never>> {
  return defineTarget({
    name: 'shell',
    summary: 'a shell',
    parameters: z.record(z.string(), z.never()),
    image: () => ({ ref: 'debian:bookworm-slim' }),
    node: () => ({ command: ['sh', '-c', script], ports: [7000], volumes: ['/data'] }),
    ready,
    apis: {},
  });
}

async function problem(target: Target<Record<string, never>>, changes: Partial<LaunchOptions> = {}): Promise<Problem> {
  const error = await runtime.launch(target, {}, { ...options, ...changes }, signal).catch((thrown: unknown) => thrown);
  if (!(error instanceof Problem)) throw new Error('expected a Problem', { cause: error });
  return error;
}

describe('the Docker runtime', () => {
  beforeAll(async () => {
    engine = await findEngine();
    runtime = dockerRuntime(engine);
  });

  afterAll(async () => {
    expect(await leftovers(engine, session)).toEqual([]);
  });

  describe('a start that fails', () => {
    it('tells the exit code and the last lines of a process that ends at once', async () => {
      const never = () => Promise.reject(new Unmet('n1 does not answer'));
      const { message } = await problem(shell('echo "bad flag: --frobnicate" >&2; exit 7', never));
      expect(message).toContain('ended by itself');
      expect(message).toContain('is exited with exit code 7');
      expect(message).toContain('  bad flag: --frobnicate');
      expect(await leftovers(engine, session)).toEqual([]);
    });

    it('tells the condition that never came true, and the last 20 lines of the node it names', async () => {
      const never = () => Promise.reject(new Unmet('n2 does not listen on port 7000'));
      const target = shell('for i in $(seq 30); do echo "$(hostname) line $i"; done; exec sleep 1000', never);
      const { message } = await problem(target, { startTimeoutMs: 600 });
      expect(message).toMatch(
        /^The cluster does not serve after 0\.\d s: n2 does not listen on port 7000\.\nn2 is running/,
      );
      expect(message).toContain('  n2 line 11\n');
      expect(message).not.toContain('line 10\n');
      expect(message).toContain('  n2 line 30');
      expect(await leftovers(engine, session)).toEqual([]);
    });

    it('tells which program the image lacks', async () => {
      const target = { ...shell(''), node: () => ({ command: ['no-such-program'], ports: [] }) };
      expect((await problem(target)).message).toMatch(/The container of n\d cannot be started: .*no-such-program/s);
      expect(await leftovers(engine, session)).toEqual([]);
    });

    it('ends when it is called off, and leaves nothing', async () => {
      const controller = new AbortController();
      const never = () => new Promise<never>(() => undefined);
      const launch = runtime.launch(
        shell('exec sleep 1000', never),
        {},
        {
          ...options,
          onProgress: (step) => {
            if (step.startsWith('waiting')) setTimeout(() => controller.abort(), 50);
          },
        },
        controller.signal,
      );
      await expect(launch).rejects.toThrow(/abort/i);
      expect(await leftovers(engine, session)).toEqual([]);
    });
  });

  describe('a running cluster', () => {
    it('lets its nodes be killed, stopped, frozen and started, with data, address and ports kept', async () => {
      // The trap makes a stop by SIGTERM end it with a code of its own.
      const script = 'trap "exit 5" TERM; echo "started $(cat /data/x 2>/dev/null)"; while :; do sleep 0.05; done';
      await using cluster = await runtime.launch(shell(script), {}, options, signal);
      const [n1, n2] = cluster.nodes;
      if (n1 === undefined || n2 === undefined) throw new Error('nodes are missing');
      const before = { address: n1.address, port: n1.endpoint(7000).port };
      expect((await n1.exec(['sh', '-c', 'echo kept > /data/x'])).exitCode).toBe(0);
      const born = await n1.state();

      await n1.pause();
      expect((await n1.state()).status).toBe('paused');
      await n1.pause();
      await n1.resume();
      await n1.resume();
      expect(await n1.state()).toEqual(born);

      await n1.kill();
      expect(await n1.state()).toMatchObject({ status: 'exited', pid: 0, exitCode: 137 });
      await n1.kill();
      await n1.start();
      const reborn = await n1.state();
      expect(reborn.status).toBe('running');
      expect(reborn.startedAt).not.toBe(born.startedAt);
      expect((await n1.exec(['cat', '/data/x'])).stdout).toBe('kept\n');
      expect((await n1.exec(['hostname', '-i'])).stdout).toContain(n1.address);
      expect({ address: n1.address, port: n1.endpoint(7000).port }).toEqual(before);

      await n2.stop();
      expect(await n2.state()).toMatchObject({ status: 'exited', exitCode: 5 });
      await n2.stop();
      await n2.start();
      expect((await n2.state()).status).toBe('running');
    });

    it('kills a frozen node', async () => {
      await using cluster = await runtime.launch(shell('exec sleep 1000'), {}, { ...options, nodes: 1 }, signal);
      const [node] = cluster.nodes;
      await node?.pause();
      await node?.kill();
      expect(await node?.state()).toMatchObject({ status: 'exited', exitCode: 137 });
      await node?.start();
      expect((await node?.state())?.status).toBe('running');
    });

    it('takes exec apart and can call it off', async () => {
      await using cluster = await runtime.launch(shell('exec sleep 1000'), {}, { ...options, nodes: 1 }, signal);
      const [node] = cluster.nodes;
      const said = await node?.exec(['sh', '-c', 'echo out; echo err >&2; exit 3']);
      expect(said).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
      await expect(node?.exec(['sleep', '100'], { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    });

    it('gives its logs, over kill and start', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ordeal-logs-'));
      try {
        const script = 'echo "out of $(hostname)"; echo "err of $(hostname)" >&2; exec sleep 1000';
        await using cluster = await runtime.launch(shell(script), {}, { ...options, nodes: 2 }, signal);
        const [n1] = cluster.nodes;
        await n1?.kill();
        await n1?.start();
        await sleep(200);
        await cluster.saveLogs(folder);
        const log = await readFile(join(folder, 'n1.log'), 'utf8');
        expect(log.split('\n').toSorted()).toEqual(['', 'err of n1', 'err of n1', 'out of n1', 'out of n1']);
        expect(await readFile(join(folder, 'n2.log'), 'utf8')).toContain('out of n2');
        expect((await n1?.tail(2))?.split('\n')).toHaveLength(3);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('has addresses of its own in both families, and names that resolve', async () => {
      await using cluster = await runtime.launch(shell('exec sleep 1000'), {}, options, signal);
      const [n1, n2] = cluster.nodes;
      const hosts = (await n1?.exec(['getent', 'ahosts', 'n2']))?.stdout ?? '';
      expect(hosts).toContain(n2?.address);
      if (n1?.address6 !== undefined) {
        const interfaces = (await n1.exec(['cat', '/proc/net/if_inet6'])).stdout;
        expect(interfaces).toContain(n1.address6.split('::')[1]?.padStart(4, '0'));
      }
    });
  });

  it('keeps two clusters apart that start at the same moment', async () => {
    const sessions = [session, `${session}-other`];
    const clusters = await Promise.all(
      sessions.map((each) => runtime.launch(shell('exec sleep 1000'), {}, { ...options, session: each }, signal)),
    );
    try {
      const nodes = clusters.flatMap((cluster) => cluster.nodes);
      expect(new Set(nodes.map(({ address }) => address)).size).toBe(nodes.length);
      expect(new Set(nodes.map((node) => node.endpoint(7000).port)).size).toBe(nodes.length);
    } finally {
      await Promise.all(clusters.map((cluster) => cluster[Symbol.asyncDispose]()));
    }
    expect(await leftovers(engine, `${session}-other`)).toEqual([]);
  });

  it('leaves a kept cluster up, which only a sweep of everything takes', async () => {
    const cluster = await runtime.launch(shell('exec sleep 1000'), {}, { ...options, nodes: 1, keep: true }, signal);
    await cluster[Symbol.asyncDispose]();
    expect((await cluster.nodes[0]?.state())?.status).toBe('running');
    await removeSession(engine, session);
  });
});
