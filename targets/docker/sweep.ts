/**
 * Takes things off an engine: those of one session when its cluster is disposed, and what controllers that are gone
 * left behind. Labels alone decide; a session whose controller lives is never touched unless everything was asked for.
 */
import type { ContainerInfo } from 'dockerode';
import pLimit from 'p-limit';
import type { Engine } from './engine.ts';
import { statusOf, unless } from './errors.ts';
import { isOrphan, SESSION, type Labels } from './labels.ts';

/** Names of what was removed. */
export interface Swept {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

const PARALLEL = 8;
const NOT_FOUND = 404;
/** The removal of this very container goes on already. */
const CONFLICT = 409;
const REMOVAL_TIMEOUT_MS = 20_000;

/** `dead`: sessions whose controller certainly is gone and that were not to be kept; `all`: whatever has our label. */
export function sweep(engine: Engine, scope: 'dead' | 'all'): Promise<Swept> {
  return removeWhere(engine, SESSION, scope === 'all' ? () => true : isOrphan);
}

export function removeSession(engine: Engine, session: string): Promise<Swept> {
  return removeWhere(engine, `${SESSION}=${session}`, () => true);
}

async function removeWhere(engine: Engine, label: string, choose: (labels: Labels) => boolean): Promise<Swept> {
  const { docker } = engine;
  const filters = { label: [label] };
  const limit = pLimit(PARALLEL);
  const each = async <T>(things: readonly T[], remove: (thing: T) => Promise<string>): Promise<string[]> =>
    Promise.all(things.map((thing) => limit(remove, thing)));

  const containers = (await docker.listContainers({ all: true, filters })).filter(({ Labels }) => choose(Labels));
  const removed = await each(containers, (container) => removeContainer(engine, container));
  // A network that still has containers, or a volume in use, cannot be removed: hence this order.
  const networks = (await docker.listNetworks({ filters })).filter(({ Labels }) => choose(Labels ?? {}));
  const volumes = (await docker.listVolumes({ filters })).Volumes.filter(({ Labels }) => choose(Labels));
  const [networkNames, volumeNames] = await Promise.all([
    each(networks, async ({ Id, Name }) => {
      await unless([NOT_FOUND], docker.getNetwork(Id).remove());
      return Name;
    }),
    each(volumes, async ({ Name }) => {
      await unless([NOT_FOUND], docker.getVolume(Name).remove());
      return Name;
    }),
  ]);
  return { containers: removed, networks: networkNames, volumes: volumeNames };
}

async function removeContainer(engine: Engine, { Id, Names, State }: ContainerInfo): Promise<string> {
  const container = engine.docker.getContainer(Id);
  // Frozen processes do not die of SIGKILL before they are thawed, and some engines wait for them in vain.
  if (State === 'paused') await unless([NOT_FOUND, CONFLICT, 500], container.unpause());
  try {
    await unless([NOT_FOUND], container.remove({ force: true, v: true }));
  } catch (error) {
    if (statusOf(error) !== CONFLICT) throw error;
    // Somebody else is at it. Until it is gone, its network and volumes are in use.
    const abortSignal = AbortSignal.timeout(REMOVAL_TIMEOUT_MS);
    await unless([NOT_FOUND], container.wait({ condition: 'removed', abortSignal }));
  }
  return Names[0]?.replace(/^\//, '') ?? Id;
}
