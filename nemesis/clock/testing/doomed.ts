/** A controller that bends a clock, says so, and waits to be killed: `doomed.ts SESSION`. */
import { clock } from '../clock.ts';
import { launchPrograms } from './bench.ts';

const cluster = await launchPrograms(process.argv[2] ?? '', [['tell'], ['tell-static'], ['spin', '60000000000']]);
const injection = await clock.inject(
  cluster,
  {
    nodes: {
      n1: { kind: 'offset', offsetMs: 60_000 },
      n2: { kind: 'drift', ratePpm: 500_000 },
      n3: { kind: 'offset', offsetMs: 60_000 },
    },
  },
  AbortSignal.timeout(20_000),
);
const { seen } = await injection.effect(AbortSignal.timeout(20_000));
process.stdout.write(`${JSON.stringify(seen)}\n`);
setInterval(() => undefined, 1_000);
