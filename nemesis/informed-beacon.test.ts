import { describe, expect, it } from 'vitest';
import type { Arrival, Beacon, Network } from '../targets/index.ts';
import { informedBeacon } from './informed-beacon.ts';

const link = { from: 'n1', to: 'n2' };
const nothing = { lastNs: null, firstNs: null, silentNs: null, received: 0, delayNs: null, duplicates: 0, altered: 0 };
const unknown: Arrival = { link, sent: 1, ...nothing };
const carrying: Arrival = { ...unknown, lastNs: 7, firstNs: 7, received: 1 };
const silent: Arrival = { ...unknown, silentNs: 7 };

/** A network whose beacon says these readings one after the other, and the last again and again. */
function saying(readings: readonly (readonly Arrival[])[]) {
  let asked = 0;
  let closed = false;
  const beacon: Beacon = {
    periodMs: 0,
    read: () => Promise.resolve(readings[Math.min(asked++, readings.length - 1)] ?? []),
    [Symbol.asyncDispose]: () => Promise.resolve(void (closed = true)),
  };
  const network: Network = { cut: () => Promise.resolve(), beacon: () => Promise.resolve(beacon) };
  return { network, asked: () => asked, closed: () => closed };
}

describe('informedBeacon', () => {
  it.each([
    ['carries packets', carrying],
    ['is silent', silent],
  ])('waits until it knows that a link %s', async (_, known) => {
    const { network, asked, closed } = saying([
      [carrying, unknown],
      [carrying, unknown],
      [carrying, known],
    ]);
    const beacon = await informedBeacon(network, [link], AbortSignal.timeout(20_000));
    expect(asked()).toBe(3);
    expect(await beacon.read()).toEqual([carrying, known]);
    expect(closed()).toBe(false);
  });

  it('ends in the end where nothing is to be known, or no end runs', async () => {
    const ignorant = saying([[unknown]]);
    await informedBeacon(ignorant.network, [link], AbortSignal.timeout(20_000));
    expect(ignorant.asked()).toBeGreaterThan(100);
    const dead = saying([[]]);
    await informedBeacon(dead.network, [link], AbortSignal.timeout(20_000));
    expect(dead.asked()).toBe(1);
  });

  it('closes a beacon that fails', async () => {
    const { network, closed } = saying([[unknown]]);
    const failing: Network = {
      ...network,
      async beacon(links, signal) {
        return { ...(await network.beacon(links, signal)), read: () => Promise.reject(new Error('gone')) };
      },
    };
    await expect(informedBeacon(failing, [link], AbortSignal.timeout(20_000))).rejects.toThrow('gone');
    expect(closed()).toBe(true);
  });
});
