import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { Problem } from '../../results/index.ts';
import { freePorts } from './ports.ts';

it('passes over a port that is in use', async () => {
  const [first = 0] = await freePorts(1, '127.0.0.1', 77);
  const server = createServer().listen(first, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect((server.address() as AddressInfo).port).toBe(first);
    expect(await freePorts(3, '127.0.0.1', 77)).not.toContain(first);
  } finally {
    server.close();
  }
});

it('gives different ports, all below those of outgoing connections', async () => {
  const ports = await freePorts(50, '127.0.0.1', 11_990);
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

it('passes over what is spoken for, though nobody listens there', async () => {
  const [first = 0, second = 0] = await freePorts(2, '127.0.0.1', 177);
  expect(await freePorts(1, '127.0.0.1', 177, new Set([first]))).toEqual([second]);
});

it('says so where an address has no free ports, as one of another machine', async () => {
  await expect(freePorts(1, '203.0.113.1', 0)).rejects.toThrow(Problem);
});
