import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { either, within } from './deadline.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const never = new AbortController().signal;

/** How many of `count` signals abort, although nobody holds them and garbage is collected meanwhile. */
async function aborted(count: number, make: () => AbortSignal, then: () => void = () => undefined): Promise<number> {
  let heard = 0;
  for (let n = 0; n < count; n++) make().addEventListener('abort', () => heard++, { once: true });
  collectGarbage();
  await sleep(20);
  collectGarbage();
  then();
  await sleep(120);
  return heard;
}

describe('within', () => {
  test('fires at its time, garbage collection or not', async () => {
    expect(await aborted(50, () => within(60, never))).toBe(50);
    expect(await aborted(50, () => within(60, within(10_000, never), never))).toBe(50);
  });

  test('fires with the signal that it follows, and with its reason', async () => {
    const controller = new AbortController();
    expect(
      await aborted(
        50,
        () => within(60_000, controller.signal),
        () => controller.abort(),
      ),
    ).toBe(50);
    expect(within(60_000, AbortSignal.abort('over')).reason).toBe('over');
  });

  test('says how long it waited', async () => {
    const signal = within(5);
    await sleep(50);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError', message: 'not done within 5 ms' });
  });
});

test('either fires with the first of its signals', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  expect(
    await aborted(
      20,
      () => either(one.signal, other.signal),
      () => other.abort(),
    ),
  ).toBe(20);
  expect(either(never, AbortSignal.abort('over')).reason).toBe('over');
  expect(either(never).aborted).toBe(false);
});
