/** Launches nodes that run the programs of a test image, one command a node. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { defineTarget, dockerRuntime, findEngine, type Cluster, type Node } from '../../../targets/index.ts';

export async function launchPrograms(
  session: string,
  commands: readonly (readonly string[])[],
  image: 'test-image' | 'test-image-java' = 'test-image',
): Promise<Cluster> {
  const target = defineTarget({
    name: 'programs',
    summary: 'programs that tell the time',
    parameters: z.strictObject({}),
    image: () => ({
      build: fileURLToPath(new URL(`../${image}`, import.meta.url)),
      tag: `ordeal-clock-${image === 'test-image' ? 'test' : 'test-java'}`,
    }),
    node: (self, peers) => ({
      command: commands[peers.findIndex(({ name }) => name === self.name)] ?? ['false'],
      ports: [],
    }),
    ready: () => Promise.resolve(),
    apis: {},
  });
  return dockerRuntime(await findEngine()).launch(
    target,
    {},
    {
      nodes: commands.length,
      session,
      clock: { nowNs: () => Math.round(performance.now() * 1e6) },
      keep: false,
      startTimeoutMs: 60_000,
      onProgress: () => undefined,
    },
    AbortSignal.timeout(600_000),
  );
}

/** The node's last whole line of output. */
export async function lastLine(node: Node): Promise<Record<string, bigint>> {
  return parseLine(await node.tail(2));
}

/** The last line of JSON in a text, every number exact. */
export function parseLine(text: string): Record<string, bigint> {
  const line = text
    .split('\n')
    .filter((candidate) => /\{.*\}/.test(candidate))
    .at(-1);
  if (line === undefined) throw new Error(`no line of JSON in: ${text}`);
  return Object.fromEntries(
    [...line.matchAll(/"(\w+)": ?(-?\d+)/g)].map(([, name = '', value = '']) => [name, BigInt(value)]),
  );
}
