/**
 * The Docker runtime: launches a target's nodes as containers on a network of their own.
 *
 * Everything that can be done at once is: image and network, then all containers, while the agent starts beside them.
 */
import { within, type Value } from '../../results/index.ts';
import type { Cluster, Node } from '../cluster.ts';
import type { LaunchOptions, Runtime } from '../runtime.ts';
import { Unmet, type NodeAddress, type NodeSpec, type Target } from '../target.ts';
import type { DockerAgent } from './agent/index.ts';
import { arm, startAgent, type Lacking } from './arsenal.ts';
import { createBridge, seedOf, type Bridge } from './bridge.ts';
import { dockerCluster } from './cluster.ts';
import { openDisks, type Disks } from './disks.ts';
import type { Engine } from './engine.ts';
import { ensureImage, type Image } from './image.ts';
import { sessionLabels } from './labels.ts';
import { dockerMembership, type Guest } from './membership.ts';
import { createNode, createNodes, startNodes, type NodePlan, type Surroundings } from './nodes.ts';
import { freePorts } from './ports.ts';
import { startFailure, untilServes, whileRunning } from './readiness.ts';
import { removeSession } from './sweep.ts';

export function dockerRuntime(engine: Engine): Runtime {
  return {
    name: 'docker',
    launch: (target, params, options, signal) => launch(engine, target, params, options, signal),
  };
}

async function launch<P>(
  engine: Engine,
  target: Target<P>,
  params: P,
  options: LaunchOptions,
  signal: AbortSignal,
): Promise<Cluster> {
  const { session, onProgress } = options;
  const labels = sessionLabels(session, options.keep);
  const opening = startAgent(engine, options, signal);
  let close = async (): Promise<void> => {
    const agent = await opening;
    if (typeof agent !== 'string') await agent[Symbol.asyncDispose]();
  };
  try {
    onProgress('image and network');
    const source = options.image === undefined ? target.image(params) : { ref: options.image };
    const [image, bridge] = await both(
      ensureImage(engine, source, onProgress, signal),
      createBridge(engine, session, labels, options.nodes),
    );
    signal.throwIfAborted();
    onProgress(`creating ${options.nodes} containers`);
    const plans = await planNodes(engine, target, params, options, bridge);
    const disks = options.disks === true ? await ownDisks(await opening, plans, signal) : NO_DISKS;
    const where = { engine, session, labels, image, bridge, ...(typeof disks === 'string' ? {} : { disks }) };
    const renewables = await createNodes(where, plans);
    const nodes = renewables.map(({ node }) => node);
    signal.throwIfAborted();
    onProgress('starting them');
    await startNodes(nodes);
    onProgress('waiting until they serve');
    const unarmed = close;
    const arming = opening.then((agent) =>
      arm(agent, nodes, target.primaries !== undefined, options.clock, signal, lacking(target, nodes, disks)),
    );
    close = () => arming.then((armed) => armed.close(), unarmed);
    const [arsenal] = await both(arming, serving(target, params, nodes, options.startTimeoutMs, signal));
    if (arsenal.revival !== true)
      onProgress(`nodes that faults have ended stay down should ordeal be killed (${arsenal.revival})`);
    onProgress('the cluster serves');
    return dockerCluster({
      target,
      params,
      arsenal,
      clock: options.clock,
      ...(target.membership === undefined
        ? {}
        : {
            membership: dockerMembership({
              ...{ target, system: target.membership, params, nodes: arsenal.nodes, renewables },
              guest: (i) => guestOf(where, plans, i),
            }),
          }),
      facts: {
        ...(await facts(engine, target, params, image, bridge, nodes, signal)),
        cuts: arsenal.mechanism,
        revival: arsenal.revival,
      },
      async dismantle() {
        await close();
        if (!options.keep) await removeSession(engine, session);
      },
    });
  } catch (error) {
    await close();
    await removeSession(engine, session);
    throw error;
  }
}

const NO_DISKS = 'the nodes were launched without disks of their own';

/** The disks of all planned volumes, or the reason why there are none. */
async function ownDisks(
  agent: DockerAgent | string,
  plans: readonly NodePlan[],
  signal: AbortSignal,
): Promise<Disks | string> {
  if (typeof agent === 'string') return agent;
  const volumes = new Map(plans.map(({ self, spec }) => [self.name, spec.volumes?.length ?? 0]));
  try {
    return await openDisks(agent, volumes, signal);
  } catch (error) {
    signal.throwIfAborted();
    return `nodes cannot have disks of their own: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What this target's nodes cannot suffer, whatever the engine can do. */
function lacking<P>(target: Target<P>, nodes: readonly Node[], disks: Disks | string): Lacking {
  const noVolumes = nodes.some(({ volumes }) => volumes.length === 0)
    ? `${target.name} keeps no data on volumes`
    : null;
  return {
    ...(noVolumes === null ? {} : { data: noVolumes, disk: noVolumes }),
    ...(typeof disks === 'string' && noVolumes === null ? { disk: disks } : {}),
    ...(target.membership === undefined ? { membership: `${target.name} cannot add and remove nodes` } : {}),
  };
}

async function planNodes<P>(
  engine: Engine,
  target: Target<P>,
  params: P,
  options: LaunchOptions,
  bridge: Bridge,
): Promise<NodePlan[]> {
  const peers = Array.from({ length: options.nodes }, (_, i) => addressOf(bridge, i));
  const specs = peers.map((self) => target.node(self, peers, params));
  const count = specs.reduce((sum, { ports }) => sum + ports.length, 0);
  const free = await freePorts(count, engine.publish.bind, seedOf(options.session));
  return specs.map((spec, i) => planNode(engine, bridge, i, spec, free));
}

function addressOf(bridge: Bridge, i: number): NodeAddress {
  return { name: `n${i + 1}`, address: bridge.address(i) };
}

/** The i-th node, published at the first of the ports that are free, which it takes. */
function planNode(engine: Engine, bridge: Bridge, i: number, spec: NodeSpec, free: number[]): NodePlan {
  const endpoints = new Map(
    spec.ports.map((port) => [port, { host: engine.publish.reach, port: free.shift() ?? 0 }] as const),
  );
  return { self: addressOf(bridge, i), address6: bridge.address6(i), spec, endpoints };
}

/** Nodes beyond those that were launched; their volumes are never on disks of their own, since no fault strikes them. */
function guestOf(where: Surroundings, plans: readonly NodePlan[], i: number): Guest {
  const { engine, session, labels, image, bridge } = where;
  return {
    self: addressOf(bridge, plans.length + i),
    async create(spec) {
      const spoken = plans.flatMap(({ endpoints }) => [...endpoints.values()].map(({ port }) => port));
      const free = await freePorts(spec.ports.length, engine.publish.bind, seedOf(session), new Set(spoken));
      const plan = planNode(engine, bridge, plans.length + i, spec, free);
      return createNode({ engine, session, labels, image, bridge }, plan);
    },
  };
}

/** Resolves when the target says it serves; rejects with a `Problem` at the deadline or once a node ended by itself. */
async function serving<P>(
  target: Target<P>,
  params: P,
  nodes: readonly Node[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const deadline = within(timeoutMs, signal, over.signal);
  const startedMs = performance.now();
  try {
    const serves = untilServes((attempt) => target.ready(nodes, params, attempt), deadline);
    await Promise.race([serves, whileRunning(nodes, deadline).then(() => serves)]);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Unmet ? await startFailure(error, nodes, performance.now() - startedMs) : error;
  } finally {
    over.abort();
  }
}

/** Both results, or the first error once both have ended. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

async function facts<P>(
  engine: Engine,
  target: Target<P>,
  params: P,
  image: Image,
  bridge: Bridge,
  nodes: readonly Node[],
  signal: AbortSignal,
): Promise<Record<string, Value>> {
  return {
    runtime: 'docker',
    engine: engine.version,
    kernel: engine.kernel,
    arch: engine.arch,
    image: image.ref,
    imageId: image.id,
    ...(image.digest === undefined ? {} : { digest: image.digest }),
    ...(target.version === undefined ? {} : { version: await target.version(nodes, params, signal) }),
    subnet: bridge.subnet,
    ...(bridge.subnet6 === null ? {} : { subnet6: bridge.subnet6 }),
    addresses: Object.fromEntries(nodes.map(({ name, address }) => [name, address])),
  };
}
