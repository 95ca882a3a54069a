/** The controller is ended in mid-fault, politely and not: what is left of the faults, and of everything else? */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, findEngine } from '../targets/index.ts';

const ordeal = fileURLToPath(new URL('../dist/harness/cli/main.js', import.meta.url));
const runs = mkdtempSync(join(tmpdir(), 'ordeal-controller-'));
const FAULTS = ['partition', 'pause', 'clock'];
/** How long everything may take to be well again after a SIGKILL, on any machine, an election of etcd included. */
const WELL_AGAIN_MS = 60_000;

interface Trial {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly output: () => string;
}

/** Starts `ordeal run` and resolves once its fault is in force and its effect was measured. */
async function untilFault(fault: string): Promise<Trial> {
  const out = join(runs, `${fault}-${String(readdirSync(runs).length)}`);
  const argv = ['run', 'etcd', '-n', fault, '--time', '60s', '--nodes', '3', '--concurrency', '3', '--out', out];
  const child = spawn(process.execPath, [ordeal, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const history = join(out, 'latest/history.jsonl');
  while (!existsSync(history) || !inForce(history)) {
    if (child.exitCode !== null) throw new Error(`the trial ended early:\n${chunks.join('')}`);
    await sleep(50);
  }
  return { child, folder: join(out, 'latest'), output: () => chunks.join('') };
}

const nemesisEvents = (history: string) =>
  readFileSync(history, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"process":"nemesis"') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as { type: string; value: { phase: string; effect?: { seen: boolean } } });

const inForce = (history: string) =>
  nemesisEvents(history).some(({ type, value }) => type === 'info' && value.phase === 'inject');

describe('the end of the controller', () => {
  let docker: Engine['docker'];
  const ofPid = (pid: number | undefined) => ({ all: true, filters: { label: [`ordeal.pid=${String(pid)}`] } });
  const things = async (pid: number | undefined) => [
    ...(await docker.listContainers(ofPid(pid))).map(({ Names }) => Names[0]),
    ...(await docker.listNetworks(ofPid(pid))).map(({ Name }) => Name),
    ...(await docker.listVolumes(ofPid(pid))).Volumes.map(({ Name }) => Name),
  ];

  /** Every node serves a linearizable read, and tells the right time. */
  async function well(pid: number | undefined): Promise<boolean> {
    const containers = await docker.listContainers(ofPid(pid));
    if (containers.some(({ Labels }) => Labels['ordeal.role'] === 'agent')) return false;
    const ports = containers.flatMap(({ Ports }) => Ports.map(({ PublicPort }) => PublicPort));
    const answers = await Promise.all(
      [...new Set(ports)].map(async (port) => {
        const body = JSON.stringify({ key: Buffer.from('any').toString('base64') });
        const response = await fetch(`http://127.0.0.1:${port}/v3/kv/range`, {
          method: 'POST',
          body,
          signal: AbortSignal.timeout(1_000),
        });
        const offMs = Math.abs(Date.parse(response.headers.get('date') ?? '') - Date.now());
        return response.ok && offMs < 2_000;
      }),
    ).catch(() => [false]);
    return answers.length === 3 && answers.every(Boolean);
  }

  beforeAll(async () => {
    ({ docker } = await findEngine());
  });
  afterAll(() => rmSync(runs, { recursive: true }));

  // Its nodes are down, and wait for somebody to start them.
  test.each([...FAULTS, 'kill'])(
    'killed outright during a %s: all is well again, and clean removes the rest',
    async (fault) => {
      const { child } = await untilFault(fault);
      child.kill('SIGKILL');
      const killedMs = performance.now();
      while (!(await well(child.pid))) {
        expect(performance.now() - killedMs).toBeLessThan(WELL_AGAIN_MS);
        await sleep(50);
      }
      expect(await things(child.pid)).not.toEqual([]);
      const [code] = (await once(spawn(process.execPath, [ordeal, 'clean']), 'exit')) as [number];
      expect(code).toBe(0);
      expect(await things(child.pid)).toEqual([]);
    },
  );

  test.each(FAULTS)('interrupted during a %s: healed, history judged, nothing left', async (fault) => {
    const { child, folder, output } = await untilFault(fault);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code, output()).toBe(130);
    expect(await things(child.pid)).toEqual([]);
    expect(nemesisEvents(join(folder, 'history.jsonl')).at(-1)).toMatchObject({
      type: 'info',
      value: { phase: 'heal', effect: { seen: true } },
    });
    for (const file of ['verdict.json', 'report.html', 'nodes/n1.log'])
      expect(existsSync(join(folder, file)), file).toBe(true);
  });
});
