/** A controller that will be killed while disks of its nodes are full, slow and stuck: started by a test. */
import { diskFull, slowDisk, stuckDisk } from '../disk/index.ts';
import { launchKeepers } from './keepers.ts';

const [session = ''] = process.argv.slice(2);
const signal = AbortSignal.timeout(60_000);
const cluster = await launchKeepers(session, 3);
const injections = [
  await diskFull.inject(cluster, { who: 'one', nodes: ['n1'] }, signal),
  await slowDisk.inject(cluster, { who: 'one', nodes: ['n2'], perSecond: 1 }, signal),
  await stuckDisk.inject(cluster, { who: 'one', nodes: ['n3'] }, signal),
];
const effects = await Promise.all(injections.map((injection) => injection.effect(signal)));
process.stdout.write(`${JSON.stringify(effects.map(({ seen }) => seen))}\n`);
setInterval(() => undefined, 1000);
