/**
 * Revival: nodes that have ended are started again, even where their controller was killed while a fault had ended them.
 *
 * One cure stands from the start of the cluster to its orderly end. It was the first to be handed over, so it runs after all
 * others: no disk is full or stuck any more then. It goes by labels, so a node that joined later or was made anew is among
 * them, and it does not matter who ended a node, or how. Only the engine can start a container, so the agent has the
 * engine's socket, and talks to it by itself (`agent/image/revive.pl`). Where it cannot, ended nodes stay down, and go with
 * the rest at the next run or `ordeal clean`.
 */
import { ENGINE, type DockerAgent } from './agent/index.ts';
import { ROLE, SESSION } from './labels.ts';

export interface Revival {
  /** True where ended nodes will be started; else why not. */
  readonly stands: true | string;
  /** To be called before the cluster is taken down: from then on nothing is started again. */
  withdraw(): Promise<void>;
}

export async function standBy(agent: DockerAgent): Promise<Revival> {
  if (agent.engine !== true) return { stands: agent.engine, withdraw: () => Promise.resolve() };
  const filters = JSON.stringify({ label: [`${SESSION}=${agent.session}`, `${ROLE}=node`] });
  return { stands: true, withdraw: await agent.cure(`exec perl /revive.pl ${ENGINE} start '${filters}'`) };
}
