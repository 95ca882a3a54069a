/**
 * A controller that will be killed: `doomed.ts SESSION COHORT`. It launches a cluster and says so in a line; once it is told to
 * go on, by any line, it lets the cohort's faults strike, says what became of them, and waits for its death.
 */
import { once } from 'node:events';
import { dockerRuntime, findEngine, type Cluster, type Node } from '../../targets/index.ts';
import type { Injection } from '../fault.ts';
import { cohorts, type Doom } from './cohorts.ts';
import { clock } from './hearers.ts';
import { mortals } from './mortals.ts';

const [session = '', name = ''] = process.argv.slice(2);
const cohort = cohorts[name];
if (cohort === undefined) throw new Error(`there is no cohort ${name}`);
const signal = AbortSignal.timeout(100_000);

const cluster = await dockerRuntime(await findEngine()).launch(
  mortals,
  {},
  {
    nodes: cohort.nodes,
    session,
    clock,
    keep: false,
    disks: true,
    startTimeoutMs: 60_000,
    onProgress: () => undefined,
  },
  signal,
);
say(cluster.facts['revival']);
await once(process.stdin, 'data');
const struck: { readonly fault: string; readonly injection: Injection | null }[] = [];
for (const doom of cohort.dooms) struck.push({ fault: doom.fault, injection: await strike(doom) });
for (const { fault, injection } of struck) {
  const effect = await injection?.effect(AbortSignal.timeout(20_000));
  say({ fault, seen: effect?.seen ?? true, ...(effect?.seen === false && { measures: effect.measures }) });
}
say('ready');
setInterval(() => undefined, 1_000);

/** Null where it will never be whole: it waits in the middle of it. */
async function strike(doom: Doom): Promise<Injection | null> {
  const { primary, midway } = doom;
  const led: Cluster = {
    ...cluster,
    primaries: () => Promise.resolve(cluster.nodes.filter((n) => n.name === primary)),
  };
  if (midway === undefined) return doom.inject(led, signal);
  return new Promise((resolve, reject) => {
    const stuck = (node: Node): Node => ({ ...node, [midway]: () => new Promise(() => resolve(null)) });
    doom.inject({ ...led, nodes: led.nodes.map(stuck) }, signal).catch(reject);
  });
}

function say(what: unknown): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
