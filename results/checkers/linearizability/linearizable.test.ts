import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEvents } from '../../history/builder.ts';
import { eventAt } from '../../history/operation.ts';
import type { History, HistoryEvent, Value } from '../../history/index.ts';
import { Problem } from '../../problem.ts';
import { bruteForce } from './brute-force.ts';
import { check, checkModel } from './linearizable.ts';
import { defineModel } from './model.ts';
import { splitByKey } from './subhistory.ts';
import { generate } from './testing/generated.ts';
import { exercises, histories } from './testing/histories.ts';

const numRuns = Number(process.env['ORDEAL_CASES'] ?? 20_000);
const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };
/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 5;

const eventsOf = (history: History): HistoryEvent[] =>
  Array.from({ length: history.events }, (_, index) => eventAt(history, index));

/** Events of one process after another, all operations on `key`. */
const sequence = (
  key: Value | undefined,
  ...operations: readonly (readonly [f: string, input: Value, output: Value])[]
): HistoryEvent[] =>
  operations.flatMap(([f, input, output]) =>
    (['invoke', 'ok'] as const).map((type) => ({
      process: 0,
      type,
      f,
      value: type === 'ok' ? output : input,
      timeNs: 0,
      ...(key === undefined ? {} : { key }),
    })),
  );

describe('the verdict', () => {
  it('judges keys apart, and names those that are violated', () => {
    const history = fromEvents([
      ...sequence('a', ['write', 1, 1], ['read', null, 1]),
      ...sequence('b', ['write', 1, 1], ['read', null, null]),
      ...sequence('c', ['write', 1, 1], ['write', 1, 1], ['read', null, 1]),
    ]);
    const verdict = check(history, {}, LIMITS);
    expect(verdict.judgement).toBe('invalid');
    const listed = { valid: ['a', 'c'], invalid: ['b'], unknown: [] };
    expect(verdict.keys).toEqual({ valid: 2, invalid: 1, unknown: 0, listed });
    expect(verdict.checker.algorithms).toEqual({ 'unique-register': 2, 'repeated-register': 1 });
    expect(verdict.anomalies.map(({ key }) => key)).toEqual(['b']);
    expect(verdict.sentence).toContain('key "b": process 0 read null');
  });

  it('is unknown past the budget, never valid, and says how far it came', () => {
    const history = generate({ operations: 3000, clients: 40, values: 3, seed: 1 });
    const verdict = check(history, { algorithm: 'wgl' }, { budgetMs: 0, memoryBytes: 2 ** 30 });
    expect(verdict.judgement).toBe('unknown');
    expect(verdict.keys).toMatchObject({ valid: 0, invalid: 0, unknown: 1 });
    expect(verdict.reasons[0]).toMatch(/needed more than its 0 s; it is linearizable up to event \d+/);
    const small = check(history, { algorithm: 'wgl' }, { budgetMs: 60_000, memoryBytes: 1000 });
    expect(small.judgement).toBe('unknown');
    expect(small.reasons[0]).toContain('of memory');
  });

  it('lets a proven violation outrank an unknown key', () => {
    const unknown = eventsOf(generate({ operations: 3000, clients: 40, values: 3, seed: 1 }));
    const history = fromEvents([
      ...unknown.map((event) => ({ ...event, key: 'large' })),
      ...sequence('small', ['write', 1, 1], ['read', null, 2]).map((event) => ({ ...event, process: 1_000_000 })),
    ]);
    const verdict = check(history, { algorithm: 'wgl' }, { budgetMs: 0, memoryBytes: 2 ** 30 });
    expect(verdict.judgement).toBe('invalid');
    expect(verdict.keys).toMatchObject({ valid: 0, invalid: 1, unknown: 1 });
    expect(verdict.reasons).toHaveLength(1);
  });

  it('is unknown where a forced algorithm cannot judge', () => {
    const history = fromEvents(sequence(undefined, ['write', 1, 1], ['write', 1, 1]));
    expect(check(history, { algorithm: 'unique-register' }, LIMITS).judgement).toBe('unknown');
    expect(check(history, { algorithm: 'unique-register', model: 'mutex' }, LIMITS).judgement).toBe('unknown');
    expect(check(history, { algorithm: 'repeated-register' }, LIMITS).judgement).toBe('valid');
  });

  it('takes a nil read and a failed cas as the options say', () => {
    const nilRead = fromEvents(sequence(undefined, ['write', 1, 1], ['read', null, null]));
    expect(check(nilRead, {}, LIMITS).judgement).toBe('invalid');
    expect(check(nilRead, { nilReadMatchesAnything: true }, LIMITS).judgement).toBe('valid');
    const failed = { process: 1, f: 'cas', value: [1, 2], timeNs: 0 };
    const failedCas = fromEvents([
      ...sequence(undefined, ['write', 1, 1]),
      { ...failed, type: 'invoke' },
      { ...failed, type: 'fail' },
    ]);
    expect(check(failedCas, {}, LIMITS).judgement).toBe('valid');
    expect(check(failedCas, { failedCasIsEvidence: true }, LIMITS).judgement).toBe('invalid');
  });

  it('says in a Problem which option it does not understand', () => {
    const empty = fromEvents([]);
    expect(check(empty, {}, LIMITS).judgement).toBe('valid');
    expect(() => check(empty, { model: 'registre' }, LIMITS)).toThrow(Problem);
    expect(() => check(empty, { modell: 'register' } as never, LIMITS)).toThrow(/modell/);
  });

  it("judges by a user's own model, a non-deterministic one too", () => {
    const coin = defineModel({
      name: 'coin',
      init: 'heads',
      step: (state, { f, output }) => {
        if (f === 'toss') return ['heads', 'tails'];
        return output === undefined || output === state ? [state] : [];
      },
    });
    const tossed = (...seen: readonly string[]) =>
      fromEvents(sequence(undefined, ['toss', null, null], ...seen.map((side) => ['look', null, side] as const)));
    expect(checkModel(tossed('tails', 'tails'), coin, LIMITS).judgement).toBe('valid');
    expect(checkModel(tossed('tails', 'heads'), coin, LIMITS).judgement).toBe('invalid');
  });

  it("judges by a user's own model whose parts are told by a key, part by part", () => {
    type Named = readonly [name: string, value: Value];
    const counters = defineModel({
      init: 0,
      step: (state, { f, input, output }) => {
        if (f === 'add') return [Number(state) + Number((input as Named)[1])];
        return output === undefined || (output as Named)[1] === state ? [state] : [];
      },
      observer: ({ f }) => f === 'get',
      key: ({ input }) => (input as Named)[0],
    });
    const seen = (b: number) =>
      fromEvents(
        sequence(
          undefined,
          ['add', ['a', 2], ['a', 2]],
          ['add', ['b', 3], ['b', 3]],
          ['get', ['a', null], ['a', 2]],
          ['get', ['b', null], ['b', b]],
        ),
      );
    const truth = checkModel(seen(3), counters, LIMITS);
    expect(truth.judgement).toBe('valid');
    expect(truth.keys.valid).toBe(2);
    const lie = checkModel(seen(5), counters, LIMITS);
    expect(lie.keys).toMatchObject({ valid: 1, invalid: 1, unknown: 0 });
    expect(lie.anomalies.map(({ key }) => key)).toEqual(['b']);
    const { key, ...keyless } = counters;
    expect(key).toBeDefined();
    expect(checkModel(seen(3), keyless, LIMITS).judgement).toBe('invalid');
  });

  it('says in a Problem what a model got wrong', () => {
    const history = fromEvents(sequence(undefined, ['add', 1, 1], ['add', 1, 1]));
    const step = (state: Value) => [Number(state) + 1];
    const judge = (wrong: object) => () => checkModel(history, defineModel({ init: 0, step, ...wrong }), LIMITS);
    expect(judge({})().judgement).toBe('valid');
    expect(judge({ observer: () => true })).toThrow(/'add' an observer, but its step changes the state/);
    expect(judge({ step: () => 1 })).toThrow(/returned 1 .* no list/);
    expect(judge({ key: () => undefined })).toThrow(/gives no key for 'add' of 1/);
  });

  it('has no quarrel with the truth in large histories, and finds the one lie', () => {
    for (const values of ['unique', 5] as const) {
      for (const crashes of [0, 0.01]) {
        const options = { operations: 4000, clients: 8, values, crashes, keys: 3 };
        expect(check(generate({ ...options, seed: 3 }), {}, LIMITS).judgement).toBe('valid');
      }
      expect(check(generate({ operations: 4000, clients: 5, values, bad: true, seed: 4 }), {}, LIMITS).judgement).toBe(
        'invalid',
      );
    }
  });
});

describe('what must not change the verdict', () => {
  const names = Object.keys(exercises).filter((name) => name.startsWith('register'));
  for (const name of names) {
    const exercise = exercises[name]!;
    const { model } = exercise;
    const judge = (events: readonly HistoryEvent[]) => checkModel(fromEvents(events), model, LIMITS).judgement;

    it(
      `${name}: removing a read keeps valid; renaming values changes nothing; more time never hurts`,
      () => {
        fc.assert(
          fc.property(histories(exercise), fc.nat(), fc.nat(), (history, pick, shift) => {
            const events = eventsOf(history);
            const before = judge(events);
            const rename = (value: Value): Value =>
              typeof value === 'number' ? `v${String(value)}` : Array.isArray(value) ? value.map(rename) : value;
            if (model.init === null)
              expect(judge(events.map((event) => ({ ...event, value: rename(event.value) })))).toBe(before);
            if (before === 'invalid' || events.length === 0) return;
            const victim = events[pick % events.length]!;
            if (victim.f === 'read')
              expect(judge(events.filter(({ process }) => process !== victim.process))).toBe('valid');
            expect(judge(widened(events, pick, shift))).toBe('valid');
          }),
          { numRuns: Math.ceil(numRuns / 4) },
        );
      },
      timeout,
    );
  }

  it(
    'the order of keys, and which other keys there are',
    () => {
      fc.assert(
        fc.property(
          histories(exercises['register, unique values']!),
          histories(exercises['register, repeated values']!),
          (a, b) => {
            const { model } = exercises['register, unique values']!;
            const both = fromEvents([
              ...eventsOf(a).map((event) => ({ ...event, key: 'a' })),
              ...eventsOf(b).map((event) => ({ ...event, process: Number(event.process) + 1000, key: 'b' })),
            ]);
            const expected = [a, b].flatMap(splitByKey).filter((part) => !bruteForce(part, model)).length;
            expect(checkModel(both, model, LIMITS).keys.invalid).toBe(expected);
          },
        ),
        { numRuns: Math.ceil(numRuns / 10) },
      );
    },
    timeout,
  );
});

/** An invocation moved up to an earlier place, or a completion down to a later one: every order that fitted still fits. */
function widened(events: readonly HistoryEvent[], pick: number, shift: number): readonly HistoryEvent[] {
  const from = pick % events.length;
  const event = events[from]!;
  const rest = events.filter((_, index) => index !== from);
  const place = event.type === 'invoke' ? from - Math.min(from, shift % 4) : Math.min(rest.length, from + (shift % 4));
  return [...rest.slice(0, place), event, ...rest.slice(place)];
}
