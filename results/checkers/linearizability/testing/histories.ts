/**
 * Small histories for the properties: random schedules of concurrent operations on one object, mostly truthful.
 *
 * A schedule is a list of moves; each has one process invoke or complete. Operations really run on the model, at their
 * invocation or at their completion, so most histories are linearizable; some operations lie about what they saw, some crash
 * after taking effect or without, and some stay open.
 */
import fc from 'fast-check';
import { fromEvents } from '../../../history/builder.ts';
import type { History, HistoryEvent, Value } from '../../../history/index.ts';
import type { Model } from '../model.ts';
import { models } from '../models/index.ts';

export interface Call {
  readonly f: string;
  readonly input: Value;
}

/** How a kind of object is exercised: its calls, and how to tell what one returns in a state. */
export interface Exercise {
  readonly model: Model;
  /** Calls to choose from, given how many were made: the nth unique value is there for who wants it. */
  readonly call: (choice: number, n: number, state: Value) => Call;
  /** Outputs the model might give, to be tried in order; the first that it accepts is true. */
  readonly outputs: (call: Call) => readonly Value[];
}

interface Move {
  readonly process: number;
  readonly choice: number;
  readonly lie: number;
  readonly early: boolean;
  readonly end: 'ok' | 'fail' | 'info';
  readonly effective: boolean;
}

const move: fc.Arbitrary<Move> = fc.record({
  process: fc.nat(3),
  choice: fc.nat(999),
  lie: fc.nat(7),
  early: fc.boolean(),
  end: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'fail', 'info'),
  effective: fc.boolean(),
});

/** Histories of at most `operations` operations. */
export function histories(exercise: Exercise, operations = 8): fc.Arbitrary<History> {
  return fc
    .array(move, { minLength: operations, maxLength: operations * 2 + 2, size: 'max' })
    .map((moves) => fromEvents(play(exercise, moves, operations)));
}

interface Open {
  readonly call: Call;
  readonly process: number;
  output: Value | undefined;
}

function play({ model, call, outputs }: Exercise, moves: readonly Move[], operations: number): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const open = new Map<number, Open>();
  let state = model.init;
  let count = 0;
  const happen = (made: Call): Value | undefined => {
    for (const output of outputs(made)) {
      const [next] = model.step(state, { ...made, output, outcome: 'ok' });
      if (next === undefined) continue;
      state = next;
      return output;
    }
    return undefined;
  };
  const emit = (process: number, type: HistoryEvent['type'], f: string, value: Value) =>
    events.push({ process, type, f, value, timeNs: events.length * 1000 });
  for (const { process: worker, choice, lie, early, end, effective } of moves) {
    const running = open.get(worker);
    if (!running) {
      if (count >= operations) continue;
      const made = call(choice, count, state);
      const process = count++ * 4 + worker;
      emit(process, 'invoke', made.f, made.input);
      open.set(worker, { call: made, process, output: early ? happen(made) : undefined });
      continue;
    }
    open.delete(worker);
    const { call: made, process } = running;
    if (end === 'info') {
      if (effective && running.output === undefined) happen(made);
      emit(process, 'info', made.f, null);
      continue;
    }
    running.output ??= happen(made);
    const choices = outputs(made);
    const told = lie === 0 ? choices[choice % choices.length] : running.output;
    if (told === undefined || (end === 'fail' && lie < 3)) emit(process, 'fail', made.f, made.input);
    else emit(process, 'ok', made.f, told);
  }
  return events;
}

const list = (length: number, first = 0): readonly number[] => Array.from({ length }, (_, index) => first + index);

/** A register whose writes and cas are unique (`unique`) or repeat so many values. */
export function registerExercise(unique: boolean, model: Model = models['register']!({}), values = 3): Exercise {
  const fresh = (choice: number, n: number) => (unique ? n + 1 : choice % values);
  return {
    model,
    call(choice, n, state) {
      const kind = choice % 10;
      const rest = Math.floor(choice / 10);
      if (kind < 4) return { f: 'read', input: null };
      if (kind < 7) return { f: 'write', input: fresh(rest, n) };
      const expected = rest % 4 > 0 ? state : fresh(Math.floor(rest / 4), Math.max(0, n - 1 - (rest % 3)));
      return { f: 'cas', input: [expected, fresh(rest, n)] };
    },
    outputs: ({ f, input }) => (f === 'read' ? [null, ...list(10)] : [input]),
  };
}

function collection(name: string, put: string, take: string, unique: boolean): Exercise {
  return {
    model: models[name]!({}),
    call: (choice, n) =>
      choice % 5 < 3 ? { f: put, input: unique ? n : Math.floor(choice / 5) % 3 } : { f: take, input: null },
    outputs: ({ f, input }) => (f === put ? [input] : [null, ...list(9)]),
  };
}

const pick = <T>(choices: readonly T[], choice: number): T => choices[choice % choices.length]!;

/** One exercise per built-in model, by a name for the test's title. */
export const exercises: Readonly<Record<string, Exercise>> = {
  'register, unique values': registerExercise(true),
  'register, repeated values': registerExercise(false),
  'register, two values': registerExercise(false, models['register']!({ init: 0 }), 2),
  'register, failed cas is evidence': registerExercise(false, models['register']!({ failedCasIsEvidence: true })),
  'register, unique, failed cas is evidence': registerExercise(
    true,
    models['register']!({ failedCasIsEvidence: true }),
  ),
  'register, nil reads match': registerExercise(false, models['register']!({ nilReadMatchesAnything: true, init: 0 })),
  'register, unique, nil reads match': registerExercise(true, models['register']!({ nilReadMatchesAnything: true })),
  queue: collection('queue', 'enqueue', 'dequeue', true),
  'queue, repeated values': collection('queue', 'enqueue', 'dequeue', false),
  stack: collection('stack', 'push', 'pop', true),
  'priority queue': collection('priority-queue', 'insert', 'poll', false),
  mutex: {
    model: models['mutex']!({}),
    call: (choice) => ({ f: pick(['acquire', 'release'], choice), input: null }),
    outputs: () => [null],
  },
  counter: {
    model: models['counter']!({}),
    call: (choice) =>
      pick(
        [
          { f: 'add', input: 2 },
          { f: 'increment', input: null },
          { f: 'decrement', input: null },
          { f: 'read', input: null },
        ],
        choice,
      ),
    outputs: ({ f }) => (f === 'read' ? list(19, -9) : [null]),
  },
  set: {
    model: models['set']!({}),
    call: (choice) => ({ f: pick(['add', 'remove', 'contains', 'read'], choice), input: choice % 3 }),
    outputs: ({ f }) =>
      f === 'add' ? [null] : f === 'read' ? [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] : [true, false],
  },
  kv: {
    model: models['kv']!({}),
    call: (choice, n) => ({
      f: pick(['put', 'append', 'append', 'get', 'get'], choice),
      input: String(choice % 2) + String(n),
    }),
    outputs: ({ f }) => (f === 'get' ? ['', '00', '11', '0011', '1102'] : [null]),
  },
  'multi-register': {
    model: models['multi-register']!({}),
    call: (choice) =>
      pick(
        [
          { f: 'write', input: { x: choice % 3 } },
          { f: 'write', input: { x: choice % 3, y: choice % 2 } },
          { f: 'read', input: { x: null, y: null } },
        ],
        choice,
      ),
    outputs: ({ f }) => (f === 'write' ? [null] : [null, 0, 1, 2].flatMap((x) => [null, 0, 1].map((y) => ({ x, y })))),
  },
};
