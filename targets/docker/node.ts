/**
 * A node that is a Docker container. It needs nothing but the container and a way to find its ports, so it serves for
 * containers of our own and for those that somebody else launched.
 */
import type { Container } from 'dockerode';
import type { Endpoint, ExecResult, Node, NodeState } from '../cluster.ts';
import { statusOf, unless } from './errors.ts';
import { demultiplex, readLog } from './logs.ts';

export interface NodeParts {
  readonly name: string;
  readonly address: string;
  readonly address6?: string;
  /** May stand for a container that is made anew under the same name. */
  readonly container: Container;
  readonly volumes: readonly string[];
  /** What earlier containers of that name had printed. */
  readonly earlier?: () => string;
  /** Where the controller reaches each port. */
  readonly endpoints: ReadonlyMap<number, Endpoint>;
}

const STOP_GRACE_S = 10;
const NOT_MODIFIED = 304;
const CONFLICT = 409;
const NOT_FOUND = 404;

export function dockerNode(parts: NodeParts): Node {
  const { name, container } = parts;
  return {
    name,
    address: parts.address,
    ...(parts.address6 === undefined ? {} : { address6: parts.address6 }),
    volumes: parts.volumes,
    ports: [...parts.endpoints.keys()],
    endpoint(port) {
      const endpoint = parts.endpoints.get(port);
      if (endpoint === undefined)
        throw new Error(`${name} publishes ${[...parts.endpoints.keys()].join()}, not ${port}`);
      return endpoint;
    },
    state: () => stateOf(container),
    async kill() {
      await unless([CONFLICT], container.kill({ signal: 'SIGKILL' }));
      await container.wait({ condition: 'not-running' });
    },
    async stop() {
      await thaw(container);
      await unless([NOT_MODIFIED], container.stop({ t: STOP_GRACE_S }));
    },
    start: () => unless([NOT_MODIFIED], container.start()),
    async pause() {
      if ((await stateOf(container)).status !== 'paused') await container.pause();
    },
    resume: () => thaw(container),
    exec: (argv, options) => exec(container, argv, options?.signal),
    tail: async (lines) => (Number.isFinite(lines) ? '' : (parts.earlier?.() ?? '')) + (await logOf(container, lines)),
  };
}

/** Unpauses; does nothing where it is not paused. */
async function thaw(container: Container): Promise<void> {
  if ((await stateOf(container)).status === 'paused') await container.unpause();
}

/** Empty where there is no container. */
async function logOf(container: Container, lines: number): Promise<string> {
  return readLog(container, lines).catch((error: unknown) => {
    if (statusOf(error) !== NOT_FOUND) throw error;
    return '';
  });
}

/** Between the removal of a container and the making of the next one there is none. */
const NOWHERE: NodeState = { status: 'exited', pid: 0, startedAt: '', exitCode: null };

export async function stateOf(container: Container): Promise<NodeState> {
  const inspected = await container.inspect().catch((error: unknown) => {
    if (statusOf(error) !== NOT_FOUND) throw error;
    return null;
  });
  if (inspected === null) return NOWHERE;
  const { State } = inspected;
  const status = State.Paused
    ? 'paused'
    : State.Running
      ? 'running'
      : State.Status === 'created'
        ? 'created'
        : 'exited';
  return {
    status,
    pid: State.Pid,
    startedAt: State.StartedAt,
    exitCode: status === 'exited' ? State.ExitCode : null,
    outOfMemory: State.OOMKilled,
  };
}

async function exec(container: Container, argv: readonly string[], signal?: AbortSignal): Promise<ExecResult> {
  const abort = signal === undefined ? {} : { abortSignal: signal };
  const handle = await container.exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true, ...abort });
  const stream = await handle.start({ ...abort });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const { stdout, stderr } = demultiplex(Buffer.concat(chunks));
  const { ExitCode } = await handle.inspect();
  if (ExitCode === null) throw new Error(`${argv.join(' ')} ended without an exit code`);
  return { exitCode: ExitCode, stdout, stderr };
}
