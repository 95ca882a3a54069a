import { describe, expect, test } from 'vitest';
import { fromEvents, type HistoryEvent, INFO, OK } from '../results/index.ts';
import { type Client, Definite, each, limit, type Op, seeded } from '../workloads/index.ts';
import { openInterpreter } from './interpreter.ts';

const never = new AbortController().signal;
const read = (): Op => ({ f: 'read', key: 1, value: null });
const write = (n: number): Op => ({ f: 'write', key: 1, value: n });

/** Runs `count` threads with `ops` ops each on clients whose invoke is given. */
async function record(
  invoke: Client['invoke'],
  options: { count?: number; ops?: number; make?: (n: number) => Op; timeoutMs?: number; signal?: AbortSignal } = {},
) {
  const events: HistoryEvent[] = [];
  const opened: number[] = [];
  const closed: number[] = [];
  const startNs = performance.now();
  const common = {
    reads: new Set(['read']),
    opTimeoutMs: options.timeoutMs ?? 1000,
    nowNs: () => (performance.now() - startNs) * 1e6,
    record: (event: HistoryEvent) => void events.push(event),
  };
  await using interpreter = openInterpreter(options.count ?? 1, common, (index) => ({
    node: `n${index + 1}`,
    random: seeded(`${index}`),
    connect: () => {
      opened.push(index);
      return Promise.resolve({ invoke, close: () => Promise.resolve(void closed.push(index)) });
    },
  }));
  await interpreter.run(
    () => limit(options.ops ?? 1, each(seeded('g'), options.make ?? write)),
    options.signal ?? never,
  );
  return { events, opened, closed };
}

const types = (events: readonly HistoryEvent[]) => events.map(({ type }) => type);

describe('interpreter', () => {
  test('records invocation and completion of every op, and the history is well formed', async () => {
    const { events } = await record((op) => Promise.resolve(op.value), { count: 5, ops: 20 });
    const history = fromEvents(events);
    expect(history.count).toBe(100);
    expect([...history.outcome].every((outcome) => outcome === OK)).toBe(true);
  });

  test('the invocation is recorded before the client is asked', async () => {
    const seen: number[] = [];
    const events: HistoryEvent[] = [];
    const common = {
      reads: new Set<string>(),
      opTimeoutMs: 100,
      nowNs: () => 0,
      record: (event: HistoryEvent) => void events.push(event),
    };
    await using interpreter = openInterpreter(1, common, () => ({
      random: seeded('x'),
      connect: () =>
        Promise.resolve({
          invoke: (op) => Promise.resolve((seen.push(events.length), op.value)),
          close: () => Promise.resolve(),
        }),
    }));
    await interpreter.run(() => limit(3, each(seeded('g'), write)), never);
    expect(seen).toEqual([1, 3, 5]);
  });

  test('doubt is info, ends the process and reopens the client', async () => {
    const { events, opened, closed } = await record(() => Promise.reject(new Error('connection reset')), {
      count: 2,
      ops: 2,
    });
    expect(types(events).filter((type) => type === 'info')).toHaveLength(4);
    expect(new Set(events.map(({ process }) => process))).toEqual(new Set([0, 2, 1, 3]));
    expect(opened).toHaveLength(4);
    expect(closed).toHaveLength(4);
    expect(events.find(({ type }) => type === 'info')?.error).toBe('connection reset');
  });

  test('a definite failure is fail, and keeps process and client', async () => {
    const { events, opened } = await record(() => Promise.reject(new Definite('compare failed')), { ops: 3 });
    expect(types(events)).toEqual(['invoke', 'fail', 'invoke', 'fail', 'invoke', 'fail']);
    expect(opened).toHaveLength(1);
  });

  test('a read that ends in an error saw nothing: fail, on a fresh client', async () => {
    const { events, opened } = await record(() => Promise.reject(new Error('reset')), { ops: 2, make: read });
    expect(types(events)).toEqual(['invoke', 'fail', 'invoke', 'fail']);
    expect(opened).toHaveLength(2);
  });

  test('a hung invoke cannot hang the run', async () => {
    const { events } = await record(() => new Promise(() => undefined), { count: 3, timeoutMs: 30 });
    expect(fromEvents(events).outcome).toEqual(new Uint8Array([INFO, INFO, INFO]));
    expect(events.at(-1)?.error).toBe('no answer within 30 ms');
  });

  test('a client that throws instead of rejecting is doubt too', async () => {
    const { events } = await record(() => {
      throw new Error('synchronous');
    });
    expect(types(events)).toEqual(['invoke', 'info']);
  });

  test('an answer that comes after the deadline is not recorded', async () => {
    const { events } = await record(() => new Promise((resolve) => setTimeout(() => resolve(1), 60)), {
      timeoutMs: 20,
    });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(types(events)).toEqual(['invoke', 'info']);
  });

  test('a thread whose ops all fail slows down, one whose ops succeed does not', async () => {
    const stopAfter = (ms: number) => AbortSignal.timeout(ms);
    const refused = await record(() => Promise.reject(new Definite('refused')), { ops: 1e6, signal: stopAfter(300) });
    expect(refused.events.length).toBeGreaterThan(10);
    expect(refused.events.length).toBeLessThan(40);
    let turn = 0;
    const unlucky = await record(
      (op) => (turn++ % 4 === 0 ? Promise.resolve(op.value) : Promise.reject(new Definite('compare failed'))),
      {
        ops: 400,
        signal: stopAfter(5000),
      },
    );
    expect(unlucky.events).toHaveLength(800);
  });

  test('an aborted run takes no further op and completes the pending one', async () => {
    const abort = new AbortController();
    const { events } = await record(
      (op) => {
        abort.abort();
        return Promise.resolve(op.value);
      },
      { ops: 1000, signal: abort.signal },
    );
    expect(types(events)).toEqual(['invoke', 'ok']);
  });
});
