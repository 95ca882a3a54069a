import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../results/index.ts';
import { connection, machine } from './address.ts';
import { namedContext } from './context.ts';
import { findEngine } from './engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ordeal-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

const refusal = async (environment: Record<string, string>): Promise<Problem> => {
  const error = await findEngine(environment, 200).catch((thrown: unknown) => thrown);
  if (!(error instanceof Problem)) throw new Error(`expected a Problem, got ${String(error)}`);
  return error;
};

describe('findEngine', () => {
  it('names the one address that DOCKER_HOST asked for', async () => {
    const { message, remedy } = await refusal({ DOCKER_HOST: `unix://${folder}/none.sock` });
    expect(message).toBe(`No Docker engine answers; tried unix://${folder}/none.sock (no such socket).`);
    expect(remedy).toMatch(/DOCKER_HOST/);
  });

  it('says so where nothing listens', async () => {
    expect((await refusal({ DOCKER_HOST: 'tcp://127.0.0.1:1' })).message).toContain('(nothing listens)');
  });

  it('gives up on an engine that takes the connection and says nothing', async () => {
    const path = join(folder, 'mute.sock');
    const server = createServer().listen(path);
    try {
      expect((await refusal({ DOCKER_HOST: `unix://${path}` })).message).toContain('(no answer in time)');
    } finally {
      server.close();
    }
  });

  it('refuses an address that is none', async () => {
    expect((await refusal({ DOCKER_HOST: 'gopher://x' })).message).toContain("'gopher://x' is no address");
  });
});

describe('namedContext', () => {
  const put = (name: string, host: string): void => {
    const meta = join(folder, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
    mkdirSync(meta, { recursive: true });
    writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  };
  put('far', 'ssh://me@far.example');
  put('near', 'unix:///near.sock');
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ currentContext: 'far', auths: {} }));

  it('is the current context of the command line', () => {
    expect(namedContext({ DOCKER_CONFIG: folder })).toEqual({ address: 'ssh://me@far.example' });
  });

  it('is DOCKER_CONTEXT before that', () => {
    expect(namedContext({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'near' })).toEqual({ address: 'unix:///near.sock' });
    expect(namedContext({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'default' })).toBeNull();
  });

  it('is a Problem where it does not exist', () => {
    expect(() => namedContext({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'gone' })).toThrow(Problem);
  });

  it('is none where nothing is configured', () => {
    expect(namedContext({ DOCKER_CONFIG: join(folder, 'nowhere') })).toBeNull();
  });
});

describe('addresses', () => {
  it('become what dockerode takes', () => {
    expect(connection({ address: 'unix:///run/d.sock' }, {})).toMatchObject({ socketPath: '/run/d.sock' });
    expect(connection({ address: 'npipe:////./pipe/docker_engine' }, {})).toMatchObject({
      socketPath: '//./pipe/docker_engine',
    });
    expect(connection({ address: 'tcp://far:99' }, {})).toMatchObject({ protocol: 'http', host: 'far', port: '99' });
    expect(connection({ address: 'ssh://me@far' }, { SSH_AUTH_SOCK: '/s' })).toMatchObject({
      protocol: 'ssh',
      username: 'me',
      port: 22,
      sshOptions: { agent: '/s' },
    });
  });

  it('take certificates where TLS is asked for', () => {
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, `${name}.pem`), name);
    const tls = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    expect(connection({ address: 'tcp://far' }, tls)).toMatchObject({ protocol: 'https', port: 2376, key: 'key' });
    expect(connection({ address: 'tcp://far' }, { DOCKER_CERT_PATH: folder })).toMatchObject({ protocol: 'http' });
  });

  it('tell on which machine ports are published', () => {
    expect(machine('unix:///var/run/docker.sock')).toBeNull();
    expect(machine('tcp://127.0.0.1:2375')).toBeNull();
    expect(machine('ssh://me@far.example')).toBe('far.example');
  });
});
