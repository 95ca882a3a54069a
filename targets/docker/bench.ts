/** How long it takes from `launch` to the first answer, and where the time goes: five etcd nodes on a warm image. */
import etcd from '../etcd/etcd.ts';
import { findEngine } from './engine.ts';
import { dockerRuntime } from './runtime.ts';

const LAUNCHES = 5;
const NODES = 5;
const TIMEOUT_MS = 60_000;

/** Prints the median of every step over the launches, and of the whole. */
export async function benchStart(print: (line: string) => void): Promise<void> {
  const runs: ReadonlyMap<string, number>[] = [];
  // The first launch builds the image if need be, and is not counted.
  for (let i = 0; i <= LAUNCHES; i++) {
    const steps = await launchOnce(`bench-${process.pid}-${i}`);
    if (i > 0) runs.push(steps);
  }
  const names = [...(runs[0]?.keys() ?? [])];
  const totals = runs.map((steps) => [...steps.values()].reduce((sum, ms) => sum + ms, 0));
  const totalMs = median(totals);
  print(`launch to first ok op, ${NODES} etcd nodes, median of ${LAUNCHES}: ${totalMs.toFixed(0)} ms`);
  print(`  all launches: ${totals.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  for (const name of names) {
    const ms = median(runs.map((steps) => steps.get(name) ?? 0));
    print(`  ${ms.toFixed(0).padStart(6)} ms  ${((100 * ms) / totalMs).toFixed(0).padStart(3)} %  ${name}`);
  }
}

/** Milliseconds of each step, in order; the runtime tells when the next one begins. */
async function launchOnce(session: string): Promise<ReadonlyMap<string, number>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const steps = new Map<string, number>();
  let step = 'engine';
  let sinceMs = performance.now();
  const next = (name: string): void => {
    const nowMs = performance.now();
    steps.set(step, (steps.get(step) ?? 0) + nowMs - sinceMs);
    [step, sinceMs] = [name, nowMs];
  };
  const runtime = dockerRuntime(await findEngine());
  const options = { nodes: NODES, session, clock: { nowNs: () => 0 }, keep: false, startTimeoutMs: TIMEOUT_MS };
  const params = etcd.parameters.parse({});
  await using cluster = await runtime.launch(etcd, params, { ...options, onProgress: next }, signal);
  next('first operation');
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error('the cluster has no nodes');
  const client = await cluster.connect('register', node, signal);
  await client.invoke({ f: 'write', key: 'bench', value: 1 }, signal);
  next('');
  await client.close();
  return steps;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
