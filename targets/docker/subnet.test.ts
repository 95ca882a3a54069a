import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRange, freeSubnets, overlap, parseRange, parseRoutes, type Range } from './subnet.ts';

const range = (text: string): Range => {
  const parsed = parseRange(text);
  if (parsed === null) throw new Error(`${text} is no range`);
  return parsed;
};

describe('ranges', () => {
  it('are read and written', () => {
    expect(range('10.1.2.0/24')).toEqual({ base: 0x0a010200, bits: 24 });
    expect(formatRange(range('255.255.255.255/32'))).toBe('255.255.255.255/32');
  });

  it.each(['', 'fd00::/64', '10.0.0.0', '10.0.0.256/8', '10.0.0.0/33'])('are not read from %j', (text) => {
    expect(parseRange(text)).toBeNull();
  });

  it.each([
    ['10.0.0.0/8', '10.200.3.0/24', true],
    ['10.200.3.0/24', '10.200.3.77/32', true],
    ['10.200.3.0/24', '10.200.4.0/24', false],
    ['0.0.0.0/0', '192.168.1.0/24', true],
    ['192.0.2.2/24', '192.0.2.0/25', true],
  ])('%s and %s overlap: %s', (a, b, expected) => {
    expect(overlap(range(a), range(b))).toBe(expected);
    expect(overlap(range(b), range(a))).toBe(expected);
  });
});

describe('freeSubnets', () => {
  it('never offers what is taken, whatever is taken', () => {
    const ranges = fc.record({ base: fc.integer({ min: 0, max: 2 ** 32 - 1 }), bits: fc.integer({ min: 4, max: 32 }) });
    fc.assert(
      fc.property(fc.array(ranges, { maxLength: 20 }), fc.nat(), (taken, seed) => {
        const free = freeSubnets(taken, seed, 5);
        expect(free.filter((subnet) => taken.some((other) => overlap(subnet, other)))).toEqual([]);
        expect(new Set(free.map(formatRange)).size).toBe(free.length);
      }),
    );
  });

  it('goes on to another pool where a VPN routes all of 10.0.0.0/8', () => {
    expect(freeSubnets([range('10.0.0.0/8')], 3, 1).map(formatRange)).toEqual(['198.18.3.0/24']);
  });

  it('offers nothing where everything is taken', () => {
    expect(freeSubnets([range('0.0.0.0/0')], 0, 5)).toEqual([]);
  });
});

it("reads the kernel's routes, without the default route", () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    '',
  ].join('\n');
  expect(parseRoutes(table).map(formatRange)).toEqual(['172.17.0.0/16', '192.0.2.0/24']);
});
