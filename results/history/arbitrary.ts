/**
 * Histories for property tests: everything that can stand in one, in orders that can happen.
 */
import fc from 'fast-check';
import type { HistoryEvent, Value } from './event.ts';
import { canonicalize } from './interner.ts';

/** How many cases a property runs: a few thousand, or as many as ORDEAL_CASES says. */
export const CASES = Number(process.env['ORDEAL_CASES'] ?? 2000);

/** Time for one property: a hang must fail, a million cases must not. */
export const TIMEOUT_MS = 30_000 + 5 * CASES;

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\ud800', '\u0000', '"\\', 'ü', '__proto__', ':timed-out', 'nil', '1', '-', 'constructor'),
);

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'value' },
    fc.integer({ min: -3, max: 20 }),
    fc.constant(null),
    fc.tuple(fc.integer(), fc.integer({ min: 0, max: 5 })),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}));

/** Any value, in the form that is kept. */
export const anyValue: fc.Arbitrary<Value> = value.map(canonicalize);

interface Step {
  readonly process: number;
  readonly type: 'ok' | 'fail' | 'info';
  readonly f: string;
  readonly key: Value;
  readonly value: Value;
  readonly timeNs: number;
  readonly node: string | undefined;
  readonly error: string | undefined;
  readonly nemesis: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  process: fc.oneof(fc.nat(4), fc.nat(4), fc.nat(2 ** 31 - 1)),
  type: fc.constantFrom('ok', 'ok', 'fail', 'info'),
  f: fc.oneof(fc.constantFrom('read', 'write', 'cas'), text),
  key: fc.oneof(fc.nat(3), anyValue),
  value: anyValue,
  timeNs: fc.oneof(fc.nat(), fc.maxSafeNat()),
  node: fc.option(fc.constantFrom('n1', 'n2'), { nil: undefined }),
  error: fc.option(text, { nil: undefined }),
  nemesis: fc.nat(9).map((n) => n === 0),
});

/** Events in an order that can happen: each process invokes, completes, invokes ... Keys on all operations, or on none. */
export const anyEvents: fc.Arbitrary<HistoryEvent[]> = fc
  .tuple(fc.array(step, { maxLength: 30 }), fc.boolean())
  .map(([steps, keyed]) => {
    const open = new Map<number, HistoryEvent>();
    return steps.map((step): HistoryEvent => {
      const { process, value, timeNs, nemesis, type } = step;
      const error = step.error === undefined ? {} : { error: step.error };
      if (nemesis) return { process: 'nemesis', type: 'info', f: step.f, value, timeNs, ...error };
      const invocation = open.get(process);
      if (invocation !== undefined) {
        open.delete(process);
        return { ...invocation, type, value, timeNs, ...error };
      }
      const key = keyed ? { key: step.key } : {};
      const node = step.node === undefined ? {} : { node: step.node };
      const event: HistoryEvent = { process, type: 'invoke', f: step.f, ...key, value, timeNs, ...node };
      open.set(process, event);
      return event;
    });
  });
