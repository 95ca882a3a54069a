/** The contexts of the docker command line: named engines, kept in `~/.docker/contexts`. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../results/index.ts';

export interface ContextEndpoint {
  /** `unix://`, `npipe://`, `tcp://` or `ssh://`. */
  readonly address: string;
  /** Folder with ca.pem, cert.pem, key.pem. */
  readonly tls?: string;
}

const Config = z.object({ currentContext: z.string().optional() });
const Meta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/** The folder of the docker command line's own files. */
export function configFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
}

/** The engine of DOCKER_CONTEXT or of the current context; null where that is the default one. */
export function namedContext(environment: Readonly<Record<string, string | undefined>>): ContextEndpoint | null {
  const folder = configFolder(environment);
  const name = environment['DOCKER_CONTEXT'] ?? currentContext(join(folder, 'config.json'));
  if (name === undefined || name === '' || name === 'default') return null;
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(folder, 'contexts/meta', id, 'meta.json');
  if (!existsSync(meta)) {
    throw new Problem(
      `The Docker context '${name}' does not exist.`,
      'Choose one of `docker context ls` with `docker context use <name>`, or unset DOCKER_CONTEXT.',
    );
  }
  const parsed = Meta.parse(JSON.parse(readFileSync(meta, 'utf8')));
  const tls = join(folder, 'contexts/tls', id, 'docker');
  return { address: parsed.Endpoints.docker.Host, ...(existsSync(tls) ? { tls } : {}) };
}

function currentContext(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  return Config.parse(JSON.parse(readFileSync(path, 'utf8'))).currentContext;
}
