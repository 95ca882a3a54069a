/**
 * A free subnet for a cluster's network: nodes need addresses that are known before they start, and an address that is
 * also somewhere else (another Docker network, a VPN, the office) would take packets to the wrong place.
 */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

/** An IPv4 range: its first address as a number, and the length of its prefix. */
export interface Range {
  readonly base: number;
  readonly bits: number;
}

/** `10.1.2.0/24`; null for anything that is no IPv4 range. */
export function parseRange(text: string): Range | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  if (match === null) return null;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || bits > 32) return null;
  return { base: ((a * 256 + b) * 256 + c) * 256 + d, bits };
}

export function formatRange({ base, bits }: Range): string {
  return `${formatAddress(base)}/${bits}`;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function overlap(a: Range, b: Range): boolean {
  const size = 2 ** (32 - Math.min(a.bits, b.bits));
  return Math.floor(a.base / size) === Math.floor(b.base / size);
}

/** Where subnets are taken from: private ranges that Docker's own pools and home networks rarely use come first. */
const POOLS = ['10.192.0.0/11', '198.18.0.0/15', '172.24.0.0/13', '192.168.128.0/17'].map(
  (text) => parseRange(text) ?? { base: 0, bits: 32 },
);

/**
 * Subnets of 256 addresses that overlap none of `taken`, at most `limit`. `seed` moves the starting point, so that
 * sessions that begin at the same moment do not race for the same one.
 */
export function freeSubnets(taken: readonly Range[], seed: number, limit: number): Range[] {
  const free: Range[] = [];
  for (const pool of POOLS) {
    const count = 2 ** (24 - pool.bits);
    for (let i = 0; i < count && free.length < limit; i++) {
      const subnet = { base: pool.base + ((seed + i) % count) * 256, bits: 24 };
      if (!taken.some((range) => overlap(range, subnet))) free.push(subnet);
    }
  }
  return free;
}

/** The ranges this machine routes, its default route aside: its interfaces and, on Linux, its routing table. */
export function hostRanges(): Range[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = interfaces.flatMap(({ cidr }) => parseRange(cidr ?? '') ?? []);
  return [...own, ...parseRoutes(readRoutes())];
}

function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch {
    return '';
  }
}

/** The kernel's table: addresses as hexadecimal words in the machine's byte order, little endian wherever Node runs. */
export function parseRoutes(table: string): Range[] {
  const word = (hex: string): number => Buffer.from(hex, 'hex').readUInt32LE();
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, destination, , , , , , mask]) => {
      if (destination?.length !== 8 || mask?.length !== 8) return [];
      const bits = word(mask).toString(2).replaceAll('0', '').length;
      return bits === 0 ? [] : [{ base: word(destination), bits }];
    });
}
