/**
 * etcd's public JSON API (the gRPC gateway at `/v3`), over exactly one connection.
 *
 * One call is one HTTP request: nothing is retried, nothing is pipelined, so an error tells about one attempt. Keys and
 * values travel as base64.
 */
import { Client as HttpClient } from 'undici';
import { z } from 'zod';
import type { Endpoint } from '../cluster.ts';
import { EtcdError } from './errors.ts';

export interface Gateway {
  /** Posts `body` and reads the answer by `shape`. Rejects with `EtcdError` where etcd says no. */
  call<T>(path: string, body: unknown, shape: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

export function openGateway({ host, port }: Endpoint): Gateway {
  const http = new HttpClient(`http://${host}:${port}`, {
    pipelining: 1,
    // The caller's signal is the only deadline: a second one inside would end operations at odd times.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 600_000,
    keepAliveMaxTimeout: 600_000,
  });
  return {
    async call(path, body, shape, signal) {
      const response = await http.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      });
      const text = await response.body.text();
      if (response.statusCode !== 200) throw refusal(response.statusCode, text);
      return shape.parse(JSON.parse(text));
    },
    close: () => http.destroy(),
  };
}

const Refusal = z.object({ code: z.number(), message: z.string().optional(), error: z.string().optional() });

function refusal(status: number, text: string): EtcdError {
  try {
    const { code, message, error } = Refusal.parse(JSON.parse(text));
    return new EtcdError(status, code, message ?? error ?? '');
  } catch {
    return new EtcdError(status, null, text.trim().slice(0, 200));
  }
}

export function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
