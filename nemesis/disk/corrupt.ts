/** Bits flip: some bytes in a file of a node's data are no longer what was written. */
import { z } from 'zod';
import type { Agent } from '../../targets/index.ts';
import { defineFault } from '../fault.ts';
import { chooseRot, Rot, rot, type Decay, type RottenFile } from './rot.ts';

const Plan = Rot.extend({
  /** So many bytes in a row get one bit flipped each. */
  bytes: z.number().int().min(1).max(4096),
  bit: z.number().int().min(0).max(7),
});
type Plan = z.infer<typeof Plan>;

export default defineFault<Plan>({
  name: 'corrupt',
  summary: 'flips bits in the data of a node',
  needs: ['data', 'kill'],
  harms: ['disks', 'processes'],
  plan: Plan,
  choose: (nodes, random) => ({ ...chooseRot(nodes, random), bytes: random.pick([1, 1, 8, 512]), bit: random.int(8) }),
  inject: (cluster, plan, signal) => rot(cluster, plan, (agent, file) => flip(agent, file, plan), signal),
});

async function flip(agent: Agent, file: RottenFile, plan: Plan): Promise<Decay> {
  const offset = await place(agent, file, plan.at);
  const length = Math.min(plan.bytes, file.size - offset);
  const before = await read(agent, file, offset, length);
  const after = before.map((byte) => byte ^ (1 << plan.bit));
  await agent.run(
    `dd of='${file.path}' bs=${after.length} seek=${offset} oflag=seek_bytes conv=notrunc,fsync status=none`,
    {
      stdin: after,
    },
  );
  const found = await read(agent, file, offset, length);
  const seen = found.length > 0 && Buffer.compare(found, after) === 0;
  return { what: `${found.length} byte${found.length === 1 ? '' : 's'} flipped at ${offset}`, seen };
}

/** Many databases allot files in advance: a flip in what was never written harms nobody. */
const TRIES = 60;
const NEIGHBOURHOOD = 32;
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/** A place where something is written, at or after the share `at` of the file; `at` itself where none is found. */
async function place(agent: Agent, file: RottenFile, at: number): Promise<number> {
  // Halving the range again and again meets also what fills but the first thousandth of a file.
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const range = file.size / 2 ** Math.floor(attempt / 4);
    const offset = Math.floor(((at + attempt * GOLDEN_RATIO) % 1) * range);
    if ((await read(agent, file, offset, NEIGHBOURHOOD)).some((byte) => byte !== 0)) return offset;
  }
  return Math.min(file.size - 1, Math.floor(at * file.size));
}

async function read(agent: Agent, { path }: RottenFile, offset: number, length: number): Promise<Uint8Array> {
  const text = await agent.run(
    `dd if='${path}' bs=4k skip=${offset} count=${length} iflag=skip_bytes,count_bytes status=none | od -An -v -tx1`,
  );
  return Buffer.from(text.replace(/\s/g, ''), 'hex');
}
