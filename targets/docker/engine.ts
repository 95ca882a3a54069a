/**
 * The Docker engine that everything runs on, found the way the docker command line finds it.
 *
 * An engine that the person named (DOCKER_HOST, DOCKER_CONTEXT, the current context) is the only one that is asked:
 * going on to another would put containers where nobody looks for them. Where none was named, the usual sockets are
 * tried in turn.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { Problem } from '../../results/index.ts';
import { namedContext, type ContextEndpoint } from './context.ts';
import { connection, machine } from './address.ts';

export interface Engine {
  readonly docker: Docker;
  /** Where it answers: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Published ports are bound to `bind` on the engine's machine and reached at `reach` from here. */
  readonly publish: { readonly bind: string; readonly reach: string };
  /** For run.json. */
  readonly version: string;
  readonly kernel: string;
  readonly arch: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PING_TIMEOUT_MS = 4000;

/** Rejects with a `Problem` that names every address that was tried and what each answered. */
export async function findEngine(
  environment: Environment = process.env,
  pingTimeoutMs = PING_TIMEOUT_MS,
): Promise<Engine> {
  const tried: { address: string; error: unknown }[] = [];
  for (const endpoint of endpoints(environment)) {
    try {
      return await open(endpoint, environment, pingTimeoutMs);
    } catch (error) {
      tried.push({ address: endpoint.address, error });
    }
  }
  const answers = tried.map(({ address, error }) => `${address} (${reason(error)})`).join(', ');
  throw new Problem(`No Docker engine answers; tried ${answers}.`, remedy(tried.map(({ error }) => error)));
}

async function open(endpoint: ContextEndpoint, environment: Environment, pingTimeoutMs: number): Promise<Engine> {
  const options = connection(endpoint, environment);
  const version = await new Docker({ ...options, timeout: pingTimeoutMs }).version();
  const host = machine(endpoint.address);
  return {
    docker: new Docker(options),
    address: endpoint.address,
    publish: host === null ? { bind: '127.0.0.1', reach: '127.0.0.1' } : { bind: '0.0.0.0', reach: host },
    version: version.Version,
    kernel: version.KernelVersion,
    arch: version.Arch,
  };
}

/** The engines to ask, in order: one if the person named it, else the usual sockets of this platform that exist. */
function endpoints(environment: Environment): ContextEndpoint[] {
  const host = environment['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    return [{ address: host.includes('://') ? host : `tcp://${host}` }];
  }
  const named = namedContext(environment);
  if (named !== null) return [named];
  if (process.platform === 'win32') return [{ address: 'npipe:////./pipe/docker_engine' }];
  const runtime = environment['XDG_RUNTIME_DIR'];
  const others = [
    join(homedir(), '.docker/run/docker.sock'),
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock')]),
  ];
  return ['/var/run/docker.sock', ...others.filter((path) => existsSync(path))].map((path) => ({
    address: `unix://${path}`,
  }));
}

function code(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function reason(error: unknown): string {
  switch (code(error)) {
    case 'EACCES':
      return 'permission denied';
    case 'ENOENT':
      return 'no such socket';
    case 'ECONNREFUSED':
      return 'nothing listens';
    case 'ECONNRESET':
      return 'no answer in time';
    default:
      return error instanceof Error ? error.message.trim() : String(error);
  }
}

function remedy(errors: readonly unknown[]): string {
  if (errors.some((error) => code(error) === 'EACCES')) {
    return 'Your user may not open the socket: `sudo usermod -aG docker $USER`, then log in again (or `newgrp docker`).';
  }
  if (process.platform === 'darwin' || process.platform === 'win32') {
    return 'Start Docker Desktop (or install it from docker.com), or point DOCKER_HOST at an engine.';
  }
  return 'On Debian: `sudo apt-get install docker.io`, then `sudo systemctl start docker` (without systemd: `sudo dockerd &`); or point DOCKER_HOST at an engine.';
}
