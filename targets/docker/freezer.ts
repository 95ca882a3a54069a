/**
 * Pausing a container through its freezer cgroup, by the agent, and not by the engine's own pause.
 *
 * Measured on Docker 20.10 with runc 1.1: where a container that the engine paused is thawed behind its back, as a cure
 * must do once the controller is gone, the engine believes for ever that it is paused: it refuses unpause ("container
 * not paused"), pause and exec. A container that the agent froze is `running` to the engine throughout: kill and remove
 * work on it, and once it is thawed, by whomever, nothing is left to set right.
 */
import type { Agent, Node, NodeState } from '../cluster.ts';
import { cgroupOf } from './cgroup.ts';

/** The same node, paused by the agent, which thaws it by itself if the controller goes away. */
export function withFreezer(node: Node, agent: Agent): Node {
  let frozen: { readonly pid: number; readonly freezer: Freezer; readonly withdraw: () => Promise<void> } | null = null;

  const release = async (script: (freezer: Freezer) => string) => {
    if (frozen === null) return;
    await agent.run(script(frozen.freezer));
    await frozen.withdraw();
    frozen = null;
  };
  return {
    ...node,
    async state() {
      const state = await node.state();
      if (frozen?.pid !== state.pid || state.status !== 'running') return state;
      return { ...state, status: await statusOf(frozen.freezer, agent) };
    },
    async pause() {
      const { pid, status } = await node.state();
      if (status === 'paused' || frozen?.pid === pid) return;
      if (status !== 'running') throw new Error(`${node.name} cannot be paused: it is ${status}`);
      const freezer = await locate(pid, agent);
      frozen = { pid, freezer, withdraw: await agent.cure(thaw(freezer)) };
      await agent.run(freeze(freezer));
    },
    async resume() {
      if (frozen === null) await node.resume();
      else await release(thaw);
    },
    async kill() {
      // Not every kernel and engine ends a frozen process; this one never runs again before it dies.
      await release((freezer) => `${killAll(freezer)}; ${thaw(freezer)}`);
      await node.kill();
    },
    async stop() {
      await release(thaw);
      await node.stop();
    },
  };
}

/** A file that freezes a cgroup, what it takes, and a file and a text that tell when all is frozen. */
interface Freezer {
  readonly folder: string;
  readonly switch: string;
  readonly on: string;
  readonly off: string;
  readonly told: string;
  readonly frozen: string;
}

async function locate(pid: number, agent: Agent): Promise<Freezer> {
  const { version, folder } = await cgroupOf(agent, pid, 'freezer');
  if (version === 1) {
    const file = `${folder}/freezer.state`;
    return { folder, switch: file, on: 'FROZEN', off: 'THAWED', told: file, frozen: 'FROZEN' };
  }
  const told = `${folder}/cgroup.events`;
  return { folder, switch: `${folder}/cgroup.freeze`, on: '1', off: '0', told, frozen: 'frozen 1' };
}

/** A process in the middle of a system call takes a moment to freeze. */
const FREEZE_TRIES = 200;

function freeze({ switch: file, on, told, frozen }: Freezer): string {
  return `echo ${on} > '${file}' || exit 1
for try in $(seq ${FREEZE_TRIES}); do grep -qx '${frozen}' '${told}' && exit 0; sleep 0.01; done
echo "not frozen: $(cat '${told}')" >&2; exit 1`;
}

/** Succeeds also where the cgroup is gone with its processes. */
function thaw({ switch: file, off }: Freezer): string {
  return `[ ! -e '${file}' ] || echo ${off} > '${file}' || [ ! -e '${file}' ]`;
}

function killAll({ folder }: Freezer): string {
  return `kill -KILL $(cat '${folder}/cgroup.procs') 2>/dev/null`;
}

async function statusOf({ told, frozen }: Freezer, agent: Agent): Promise<NodeState['status']> {
  const text = await agent.run(`cat '${told}' 2>/dev/null || true`);
  return text.split('\n').includes(frozen) ? 'paused' : 'running';
}
