/** A controller that will be killed while its faults are in force: started by a test with a session's name. */
import { clock, greeters, launchHearers } from './hearers.ts';
import clients from '../clients.ts';
import memory from '../memory.ts';
import packets from '../packets.ts';
import partition, { planOf } from '../partition.ts';
import pause from '../pause.ts';
import sigstop from '../sigstop.ts';
import slow from '../slow.ts';
import unplug from '../unplug.ts';

const [session = ''] = process.argv.slice(2);
const signal = AbortSignal.timeout(60_000);
const cluster = await launchHearers(session, 5, { clock }, { target: greeters });
const both = (a: string, b: string) => [
  { from: a, to: b },
  { from: b, to: a },
];
const one = (name: string) => ({ who: 'one', nodes: [name] });
const delayed = { links: [['n2', 'n4']] as [string, string][], how: { delayMs: 2_000 } };
const injections = [
  await clients.inject(cluster, one('n1'), signal),
  await partition.inject(cluster, planOf('single-link', both('n1', 'n2')), signal),
  await packets.inject(cluster, delayed, signal),
  await slow.inject(cluster, { ...one('n2'), cpuPercent: 5 }, signal),
  await memory.inject(cluster, { ...one('n2'), headroomMiB: 16 }, signal),
  await pause.inject(cluster, one('n3'), signal),
  await sigstop.inject(cluster, one('n4'), signal),
  await unplug.inject(cluster, one('n5'), signal),
];
const effects = [];
for (const injection of injections) effects.push(await injection.effect(signal));
process.stdout.write(`${JSON.stringify(effects.map(({ seen }) => seen))}\n`);
setInterval(() => undefined, 1000);
