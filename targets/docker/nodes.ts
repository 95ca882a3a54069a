/**
 * The containers of a cluster: made from the target's description of each node, with all addresses, ports and volumes
 * fixed before the first one starts. They get no restart policy (only the nemesis restarts) and no added privileges.
 */
import type { ContainerCreateOptions } from 'dockerode';
import pLimit from 'p-limit';
import { Problem } from '../../results/index.ts';
import type { Endpoint, Node } from '../cluster.ts';
import type { NodeAddress, NodeSpec } from '../target.ts';
import type { Bridge } from './bridge.ts';
import type { Engine } from './engine.ts';
import { volumeOptions, type Disks } from './disks.ts';
import { sentenceOf, unless } from './errors.ts';
import type { Image } from './image.ts';
import { ROLE, type Labels } from './labels.ts';
import { readLog } from './logs.ts';
import { dockerNode } from './node.ts';

export interface NodePlan {
  readonly self: NodeAddress;
  readonly address6: string | null;
  readonly spec: NodeSpec;
  readonly endpoints: ReadonlyMap<number, Endpoint>;
}

export interface Surroundings {
  readonly engine: Engine;
  readonly session: string;
  readonly labels: Labels;
  readonly image: Image;
  readonly bridge: Bridge;
  /** The volumes are on disks of their own. */
  readonly disks?: Disks;
}

/** A node, and how it is made anew. */
export interface Renewable {
  readonly node: Node;
  /** Removes the container and its volumes and makes them anew, from another description; does not start it. */
  renew(spec: NodeSpec): Promise<void>;
  /** Removes the container and its volumes, and keeps the log. */
  discard(): Promise<void>;
}

/** Enough to keep a small machine busy; more only makes the engine's own locks the bottleneck. */
const PARALLEL = 8;
/** Of the log of a container that is made anew, so many lines are kept. */
const EARLIER_LINES = 20_000;
const NOT_FOUND = 404;

export async function createNodes(where: Surroundings, plans: readonly NodePlan[]): Promise<Renewable[]> {
  return together(plans, (plan) => createNode(where, plan));
}

export async function createNode(where: Surroundings, plan: NodePlan): Promise<Renewable> {
  const { docker } = where.engine;
  const { self, address6, endpoints, spec } = plan;
  const options = containerOptions(where, plan);
  await named(plan, docker.createContainer(options));
  // By its name, not its id: it may be made anew.
  const container = docker.getContainer(options.name);
  const volumes = spec.volumes ?? [];
  let earlier = '';
  const node = dockerNode({
    ...self,
    ...(address6 === null ? {} : { address6 }),
    container,
    volumes,
    earlier: () => earlier,
    endpoints,
  });
  const discard = async () => {
    earlier += await readLog(container, EARLIER_LINES).catch(() => '');
    await unless([NOT_FOUND], container.remove({ force: true }));
    await Promise.all(volumes.map((_, i) => unless([NOT_FOUND], docker.getVolume(`${options.name}-${i}`).remove())));
  };
  return {
    node,
    discard,
    async renew(next) {
      await discard();
      await where.disks?.wipe(self.name);
      await docker.createContainer(containerOptions(where, { ...plan, spec: next }));
    },
  };
}

export async function startNodes(nodes: readonly Node[]): Promise<void> {
  await together(nodes, (node) => named({ self: node }, node.start()));
}

/** Waits for all, also where one fails: what is cleaned up afterwards must not grow behind the cleaner's back. */
async function together<T, R>(things: readonly T[], act: (thing: T) => Promise<R>): Promise<R[]> {
  const limit = pLimit(PARALLEL);
  const outcomes = await Promise.allSettled(things.map((thing) => limit(act, thing)));
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

async function named<R>(node: { readonly self: { readonly name: string } }, call: Promise<R>): Promise<R> {
  try {
    return await call;
  } catch (error) {
    throw new Problem(
      `The container of ${node.self.name} cannot be started: ${sentenceOf(error)}`,
      'Mend what the engine complains about; `ordeal clean` removes what earlier runs left.',
      { cause: error },
    );
  }
}

function containerOptions(
  { session, labels, image, bridge, disks }: Surroundings,
  plan: NodePlan,
): ContainerCreateOptions & { readonly name: string } {
  const { self, address6, spec, endpoints } = plan;
  const name = `ordeal-${session}-${self.name}`;
  const [entrypoint, ...command] = spec.command;
  if (entrypoint === undefined) throw new Error(`the command of ${self.name} is empty`);
  const bindings = [...endpoints].map(([port, { host, port: published }]) => [
    `${port}/tcp`,
    [{ HostIp: host, HostPort: String(published) }],
  ]);
  return {
    name,
    Hostname: self.name,
    Image: image.id,
    Entrypoint: [entrypoint],
    Cmd: command,
    Env: Object.entries(spec.env ?? {}).map(([key, value]) => `${key}=${value}`),
    Labels: { ...labels, [ROLE]: 'node', 'ordeal.node': self.name },
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      NetworkMode: bridge.name,
      PortBindings: Object.fromEntries(bindings) as Record<string, { HostIp: string; HostPort: string }[]>,
      Mounts: (spec.volumes ?? []).map((folder, i) => ({
        Type: 'volume',
        Source: `${name}-${i}`,
        Target: folder,
        VolumeOptions: {
          NoCopy: false,
          Labels: { ...labels, [ROLE]: 'volume' },
          DriverConfig: {
            Name: 'local',
            Options: disks === undefined ? {} : volumeOptions(disks.device(self.name, i)),
          },
        },
      })),
      RestartPolicy: { Name: '' },
      // A node that floods its log must not fill the disk of the machine.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '64m', 'max-file': '2' } },
    },
    NetworkingConfig: {
      EndpointsConfig: {
        [bridge.name]: {
          Aliases: [self.name],
          IPAMConfig: { IPv4Address: self.address, ...(address6 === null ? {} : { IPv6Address: address6 }) },
        },
      },
    },
  };
}
