/** For tests: what is still on the engine of a session. */
import type { Engine } from './engine.ts';
import { SESSION } from './labels.ts';

/** Names of the session's containers, networks and volumes. */
export async function leftovers({ docker }: Engine, session: string): Promise<string[]> {
  const filters = { label: [`${SESSION}=${session}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...networks.map(({ Name }) => Name),
    ...volumes.Volumes.map(({ Name }) => Name),
  ];
}
