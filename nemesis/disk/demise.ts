/**
 * The cure of a disk that cannot be made well under a running node, where the controller is killed meanwhile: this run of the
 * node is ended by the agent. What starts ended nodes then (the runtime, as its last cure) mounts the disk anew.
 */
import { cgroupOf, type Agent } from '../../targets/index.ts';

/** A script that ends that run and then does `mend`; it does nothing where the run is over. Rejects where it is over already. */
export async function demise(agent: Agent, pid: number, mend = 'true'): Promise<string> {
  // The group's processes, and not the process id: that may have been given to another one by then.
  const { folder } = await cgroupOf(agent, pid, 'freezer');
  return `processes=$(cat '${folder}/cgroup.procs' 2>/dev/null)
[ -z "$processes" ] || { kill -KILL $processes 2>/dev/null; ${mend}
}`;
}
