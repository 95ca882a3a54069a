/** A file of a node's data loses its end. */
import type { Agent } from '../../targets/index.ts';
import { defineFault } from '../fault.ts';
import { chooseRot, Rot, rot, type Decay, type RottenFile } from './rot.ts';

export default defineFault<Rot>({
  name: 'truncate',
  summary: 'cuts off the end of a file in the data of a node',
  needs: ['data', 'kill'],
  harms: ['disks', 'processes'],
  plan: Rot,
  choose: chooseRot,
  inject: (cluster, plan, signal) => rot(cluster, plan, (agent, file) => cutOff(agent, file, plan.at), signal),
});

async function cutOff(agent: Agent, { path, size }: RottenFile, at: number): Promise<Decay> {
  const kept = Math.min(size - 1, Math.floor(size * at));
  // Looked at before anything that waits for the disk: the process may make it longer again.
  const found = Number(await agent.run(`truncate -s ${kept} '${path}' && stat -c %s '${path}' && sync '${path}'`));
  return { what: `${found} of ${size} bytes left`, seen: found === kept };
}
