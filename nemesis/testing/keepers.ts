/** Hearers that keep data: nodes with a volume each, on disks of their own unless told otherwise. */
import { defineTarget, dockerRuntime, findEngine, type Cluster, type LaunchOptions } from '../../targets/index.ts';
import { clock, hearers } from './hearers.ts';

const keepers = defineTarget<Record<string, never>>({
  ...hearers,
  name: 'keepers',
  summary: 'nodes with a volume that hear each other',
  node: (self, peers, params) => ({ ...hearers.node(self, peers, params), volumes: ['/data'] }),
});

export async function launchKeepers(
  session: string,
  nodes: number,
  options: Partial<LaunchOptions> = {},
): Promise<Cluster> {
  const runtime = dockerRuntime(await findEngine());
  const defaults = { nodes, session, clock, keep: false, startTimeoutMs: 30_000, onProgress: () => undefined };
  return runtime.launch(keepers, {}, { ...defaults, disks: true, ...options }, AbortSignal.timeout(100_000));
}
