/**
 * The agent: one privileged helper container per engine and session, so that the nodes' own containers need no
 * privileges and the controller nothing but the engine's socket.
 *
 * The controller is attached to the stdin of its only process. When the controller goes away, however it goes, that
 * stdin ends, the agent runs the outstanding cures and exits, and the engine removes its container.
 */
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Container, HostConfig } from 'dockerode';
import { ensureImage } from '../image.ts';
import { ROLE, sessionLabels } from '../labels.ts';
import { sentenceOf, statusOf, unless } from '../errors.ts';
import type { Engine } from '../engine.ts';
import { agentStream, ScriptFailed, type AgentStream } from './stream.ts';

export interface DockerAgent extends AgentStream, AsyncDisposable {
  /** The name of its container. */
  readonly container: string;
  readonly session: string;
  /** True where it can talk to its engine, by the socket `ENGINE`; else why not. */
  readonly engine: true | string;
}

export interface AgentOptions {
  readonly session: string;
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
  /** A volume for the images of the nodes' disks; see `disks.ts`. */
  readonly disks?: string;
}

/** Where the agent finds the socket of its engine; see `revival.ts`. */
export const ENGINE = '/run/engine.sock';

/** Where the agent finds the machine's cgroup file systems, writable. */
export const CGROUPS = '/host/cgroup';

/** Where the agent finds the images of the nodes' disks, and the machine's devices, of which it may open loop devices. */
export const DISKS = '/disks';
export const DEVICES = '/host/dev';
const LOOP_DEVICES = ['b 7:* rwm', 'c 10:237 rwm'];

/**
 * NET_ADMIN: nft, tc and links. NET_RAW: sending duplicates of packets. SYS_ADMIN: entering a node's namespaces, mounting.
 * SYS_PTRACE: /proc/PID/ns, /proc/PID/root and /proc/PID/mem. DAC_OVERRIDE and KILL: files of, and signals to, processes of
 * other users. Which fault needs which was measured: see `nemesis/README.md`.
 */
const CAPABILITIES = ['NET_ADMIN', 'SYS_ADMIN', 'SYS_PTRACE', 'DAC_OVERRIDE', 'KILL', 'NET_RAW'];

const HOST_CONFIG = {
  AutoRemove: true,
  NetworkMode: 'host',
  PidMode: 'host',
  // /proc/PID/cgroup shall name the same paths as the mount below.
  CgroupnsMode: 'host',
  CapDrop: ['ALL'],
  CapAdd: CAPABILITIES,
  // The default AppArmor profile forbids reading other containers' processes; where AppArmor is off this has no effect.
  SecurityOpt: ['apparmor=unconfined'],
  Binds: [`/sys/fs/cgroup:${CGROUPS}`],
  // Its stdout is the stream: a log of it would be a second copy that nobody reads.
  LogConfig: { Type: 'none', Config: {} },
} satisfies HostConfig & { readonly CgroupnsMode: string };

const IMAGE = { build: fileURLToPath(new URL('image', import.meta.url)), tag: 'ordeal-agent' };
const EXIT_GRACE_MS = 15_000;

/** Starts the agent. Rejects with a `Problem` where its image cannot be had. */
export async function openAgent(engine: Engine, options: AgentOptions): Promise<DockerAgent> {
  const { session, onProgress, signal, disks } = options;
  const image = await ensureImage(engine, IMAGE, onProgress, signal);
  const create = (hostConfig: HostConfig) =>
    engine.docker.createContainer({
      name: `ordeal-${session}-agent`,
      Image: image.id,
      Labels: { ...sessionLabels(session), [ROLE]: 'agent' },
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: disks === undefined ? hostConfig : withDisks(hostConfig, disks),
    });
  const source = socketOf(engine);
  const container = await create(withEngine(source)).catch((error: unknown) => {
    // The engine's machine has nothing at that path.
    if (statusOf(error) === 400 && sentenceOf(error).includes(source)) return create(HOST_CONFIG);
    throw error;
  });
  try {
    return await attach(container, session, source, signal);
  } catch (error) {
    await unless([404, 409], container.remove({ force: true }));
    throw error;
  }
}

/** Where the engine's machine has the engine's socket; a guess, unless it is this machine. */
function socketOf({ address }: Engine): string {
  const path = /^unix:\/\/(.*)/.exec(address)?.[1];
  return path !== undefined && process.platform === 'linux' ? path : '/var/run/docker.sock';
}

/** A mount, unlike a bind, makes no folder where there is no such path. */
function withEngine(source: string): HostConfig {
  return { ...HOST_CONFIG, Mounts: [{ Type: 'bind', Source: source, Target: ENGINE }] };
}

function withDisks(hostConfig: HostConfig, volume: string): HostConfig {
  return {
    ...hostConfig,
    Binds: [...HOST_CONFIG.Binds, `${volume}:${DISKS}`, `/dev:${DEVICES}`],
    DeviceCgroupRules: LOOP_DEVICES,
  };
}

async function attach(
  container: Container,
  session: string,
  source: string,
  signal: AbortSignal,
): Promise<DockerAgent> {
  const duplex = await container.attach({
    stream: true,
    hijack: true,
    stdin: true,
    stdout: true,
    stderr: true,
    abortSignal: signal,
  });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  (container.modem as Demultiplexer).demuxStream(duplex, stdout, stderr);
  const stream = agentStream(duplex, stdout, stderr);
  const removed = container.wait({ condition: 'removed' });
  removed.catch(() => undefined);
  await container.start();
  const name = `ordeal-${session}-agent`;
  await stream.run('true', { signal });
  return {
    ...stream,
    container: name,
    session,
    engine: await reaches(stream, name, source, signal),
    async [Symbol.asyncDispose]() {
      stream.close();
      const timer = setTimeout(() => void unless([404, 409], container.remove({ force: true })), EXIT_GRACE_MS);
      await unless([404], removed).finally(() => clearTimeout(timer));
    },
  };
}

/** Whether the engine that answers there is the one that runs this agent. */
async function reaches(agent: AgentStream, name: string, source: string, signal: AbortSignal): Promise<true | string> {
  try {
    await agent.run(`perl /revive.pl ${ENGINE} knows ${name}`, { signal });
    return true;
  } catch (error) {
    if (!(error instanceof ScriptFailed)) throw error;
    return `${source} of its machine: ${error.stderr.trim()}`;
  }
}

/** The part of dockerode's untyped `modem` that is used here. */
interface Demultiplexer {
  demuxStream(source: NodeJS.ReadableStream, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): void;
}
