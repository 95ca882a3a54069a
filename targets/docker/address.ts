/** What an engine's address means: how dockerode connects to it, and on which machine it runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DockerOptions } from 'dockerode';
import { Problem } from '../../results/index.ts';
import { configFolder, type ContextEndpoint } from './context.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Options for dockerode. Every field is set, if to undefined: dockerode fills what is missing from the environment by
 * rules of its own, and would mix two engines.
 */
export function connection(endpoint: ContextEndpoint, environment: Environment): DockerOptions {
  const none = { socketPath: undefined, host: undefined, port: undefined, ca: undefined, cert: undefined };
  const plain = { ...none, key: undefined, username: undefined, protocol: 'http' as const };
  const { address } = endpoint;
  if (address.startsWith('unix://')) return { ...plain, socketPath: address.slice('unix://'.length) };
  if (address.startsWith('npipe://')) return { ...plain, socketPath: address.slice('npipe://'.length) };
  const url = parse(address);
  if (url.protocol === 'ssh:') {
    const agent = environment['SSH_AUTH_SOCK'];
    return {
      ...plain,
      protocol: 'ssh',
      host: url.hostname,
      port: url.port === '' ? 22 : url.port,
      username: url.username === '' ? environment['USER'] : url.username,
      ...(agent === undefined ? {} : { sshOptions: { agent } }),
    };
  }
  const tls = endpoint.tls ?? tlsFolder(environment);
  const at = { host: url.hostname, port: url.port === '' ? (tls === null ? 2375 : 2376) : url.port };
  return tls === null ? { ...plain, ...at } : { ...plain, ...at, protocol: 'https', ...certificates(tls) };
}

/** The host name of the engine's machine; null where it is this one. */
export function machine(address: string): string | null {
  if (/^(unix|npipe):/.test(address)) return null;
  const { hostname } = parse(address);
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) ? null : hostname;
}

function parse(address: string): URL {
  const known = /^(tcp|https?|ssh):\/\/./.test(address);
  if (!known || !URL.canParse(address)) {
    throw new Problem(
      `'${address}' is no address of a Docker engine.`,
      'DOCKER_HOST is unix:///path, tcp://host:port, npipe:////./pipe/name or ssh://user@host.',
    );
  }
  // `tcp:` is not a scheme that URL knows, so it would keep no default port and accept odd hosts.
  return new URL(address.replace(/^tcp:/, 'http:'));
}

function tlsFolder(environment: Environment): string | null {
  const verify = environment['DOCKER_TLS_VERIFY'];
  if (verify === undefined || verify === '') return null;
  return environment['DOCKER_CERT_PATH'] ?? configFolder(environment);
}

function certificates(folder: string): Pick<DockerOptions, 'ca' | 'cert' | 'key'> {
  const read = (name: string): string | undefined => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
