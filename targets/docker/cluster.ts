/** A running cluster on a Docker engine, put together from its parts; they may be ours or somebody else's. */
import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Value } from '../../results/index.ts';
import type { Clock, Cluster, Node } from '../cluster.ts';
import type { Target } from '../target.ts';
import type { Arsenal } from './arsenal.ts';
import type { DockerMembership } from './membership.ts';
import { untilServes } from './readiness.ts';

export interface ClusterParts<P> {
  readonly target: Target<P>;
  readonly params: P;
  readonly clock: Clock;
  readonly arsenal: Arsenal;
  readonly membership?: DockerMembership;
  readonly facts: Readonly<Record<string, Value>>;
  dismantle(): Promise<void>;
}

export function dockerCluster<P>(parts: ClusterParts<P>): Cluster {
  const { target, params, arsenal } = parts;
  const { nodes } = arsenal;
  const primaries = target.primaries?.bind(target);
  const ownClock = target.ownClock?.bind(target);
  return {
    nodes,
    clock: parts.clock,
    network: arsenal.network,
    ...(arsenal.agent === undefined ? {} : { agent: arsenal.agent }),
    capabilities: arsenal.capabilities,
    facts: parts.facts,
    async connect(api, node, signal) {
      const open = target.apis[api];
      if (open === undefined) throw new Error(`${target.name} offers ${Object.keys(target.apis).join()}, not ${api}`);
      return open(node, params, signal);
    },
    ...(primaries === undefined
      ? {}
      : {
          async primaries(signal: AbortSignal) {
            const names = await primaries(nodes, params, signal);
            return nodes.filter(({ name }) => names.includes(name));
          },
        }),
    ...(ownClock && { ownClock: (node: Node, signal: AbortSignal) => ownClock(node, params, signal) }),
    ...(parts.membership === undefined ? {} : { membership: parts.membership }),
    ready: (signal) => untilServes((attempt) => target.ready(nodes, params, attempt), signal),
    async saveLogs(folder) {
      await mkdir(folder, { recursive: true });
      await Promise.all(
        [...nodes, ...(parts.membership?.guests() ?? [])].map(async (node) =>
          writeFile(join(folder, `${node.name}.log`), await node.tail(Infinity)),
        ),
      );
    },
    [Symbol.asyncDispose]: () => parts.dismantle(),
  };
}
