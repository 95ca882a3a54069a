/** A controller that will be killed while its faults are in force: started by a test with a session's name. */
import { clock, launchHearers } from './hearers.ts';
import partition, { planOf } from '../partition.ts';
import pause from '../pause.ts';

const [session = ''] = process.argv.slice(2);
const signal = AbortSignal.timeout(60_000);
const cluster = await launchHearers(session, 3, { clock });
const links = ['n1>n2', 'n2>n1'].map((text) => ({ from: text.slice(0, 2), to: text.slice(3) }));
const cut = await partition.inject(cluster, planOf('single-link', links), signal);
const frozen = await pause.inject(cluster, { who: 'one', nodes: ['n3'] }, signal);
const effects = [await cut.effect(signal), await frozen.effect(signal)];
process.stdout.write(`${JSON.stringify(effects.map(({ seen }) => seen))}\n`);
setInterval(() => undefined, 1000);
