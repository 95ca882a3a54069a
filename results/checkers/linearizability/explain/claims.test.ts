/**
 * Whatever a sentence claims is true of the whole history, not only of the few operations that are shown.
 *
 * The judge here reads the sentences and nothing else, and looks up each claim event by event; in these histories every operation
 * has a process of its own, so a sentence names operations by them.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromEvents } from '../../../history/builder.ts';
import { eventsOf, operationAt, type Operation } from '../../../history/operation.ts';
import type { History, Value } from '../../../history/index.ts';
import { bruteForce } from '../brute-force.ts';
import { canonical, isList } from '../canonical.ts';
import { checkModel } from '../linearizable.ts';
import type { Model } from '../model.ts';
import { semaphore, register } from '../models/index.ts';
import { exercises, histories, registerExercise } from '../testing/histories.ts';
import { prefixOf } from './prefix.ts';

const numRuns = Math.ceil(Number(process.env['ORDEAL_CASES'] ?? 20_000) / 8);
const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };
/** Raised with the number of cases. */
const timeout = 60_000 + numRuns * 20;

/** One operation; `end` is Infinity where its fate is unknown. */
interface Op extends Operation {
  readonly end: number;
}

/** What a claim is looked up in. */
interface World {
  readonly ops: readonly Op[];
  readonly model: Model;
  /** By process. */
  readonly op: (process: string | undefined) => Op;
  /** The first operation that the sentence names. */
  readonly subject: Op;
  /** Whether no order explains these operations up to an event. */
  readonly violates: (event: number, isIn: (op: Op) => boolean) => boolean;
}

type Claim = readonly [RegExp, (world: World, groups: readonly (string | undefined)[], before: string) => boolean];

const happened = ({ ops }: World) => ops.filter(({ outcome }) => outcome !== 'fail');
const text = (value: Value) => canonical(value);
const wrote = ({ f, input }: Op) =>
  f === 'write' ? text(input) : f === 'cas' && isList(input) ? text(input[1] ?? null) : undefined;
const expected = ({ f, input }: Op) => (f === 'cas' && isList(input) ? text(input[0] ?? null) : undefined);
const initially = ({ model }: World, value: string | undefined) => text(model.init) === value;
/** Whoever may have written a value before the subject ended. */
const writers = (world: World, value: string | undefined, before = world.subject.end) =>
  happened(world).filter((op) => op !== world.subject && wrote(op) === value && op.invoke < before);
const processes = (sentence: string) => [...sentence.matchAll(/process (\d+)/g)].map(([, process]) => process);

const COMMON: readonly Claim[] = [
  [/it in no order with the other (?:\d+ operations|operation)$|never allows it$/, () => true],
  [
    /process (\d+)'s (\w+) (?:of )?(\S+) was acknowledged at/,
    ({ op }, [, process, f, value]) => {
      const { outcome, f: name, input } = op(process);
      return outcome === 'ok' && name === f && (value === 'it' || text(input) === value);
    },
  ],
];

const REGISTER: readonly Claim[] = [
  ...COMMON,
  [
    /process (\d+) read (\S+) at/,
    ({ op }, [, process, value]) => {
      const { f, outcome, output } = op(process);
      return f === 'read' && outcome === 'ok' && text(output) === value;
    },
  ],
  [
    /process (\d+)'s cas (\S+) succeeded/,
    ({ op }, [, process, pair]) => {
      const { outcome, input } = op(process);
      return outcome === 'ok' && text(input) === pair;
    },
  ],
  [
    /nothing wrote (\S+) after it$/,
    (world, [, value], before) => {
      const newer = world.op(processes(before).at(-1));
      const all = writers(world, value);
      const isOnlySource = all.length + (initially(world, value) ? 1 : 0) === 1 && expected(newer) === value;
      return newer.end < world.subject.invoke && (isOnlySource || all.every(({ end }) => end < newer.invoke));
    },
  ],
  [
    /nothing can have brought (\S+) back by then$/,
    ({ violates, subject, op }, _, before) =>
      op(processes(before).at(-1)).end < subject.invoke && violates(subject.end, () => true),
  ],
  [
    /no order of the writes allows (\S+) after (\S+)$/,
    ({ violates, subject, op }, _, before) => {
      const earlier = op(processes(before).at(-1));
      return (
        earlier.end < subject.invoke &&
        violates(Infinity, (each) => each.f !== 'read' || each === subject || each === earlier)
      );
    },
  ],
  [
    /nothing ever wrote (\S+)$/,
    (world, [, value]) =>
      !initially(world, value) &&
      writers(world, value, Infinity).length === 0 &&
      world.ops.every((op) => op === world.subject || wrote(op) !== value || op.invoke > world.subject.end),
  ],
  [
    /nothing had written (\S+) by then: the first to try was invoked at (\S+) s$/,
    (world, [, value, at]) =>
      !initially(world, value) &&
      writers(world, value).length === 0 &&
      writers(world, value, Infinity).some(({ invokeNs }) => (invokeNs / 1e9).toFixed(3) === at),
  ],
  [
    /process (\d+)'s (\w+) of (\S+) (had failed|failed) at/,
    (world, [, process, , value, had]) => {
      const failed = world.op(process);
      const isBefore = (failed.complete ?? Infinity) < world.subject.end;
      return (
        failed.outcome === 'fail' &&
        wrote(failed) === value &&
        isBefore === (had === 'had failed') &&
        !initially(world, value) &&
        writers(world, value).length === 0
      );
    },
  ],
  [
    /had it too \(.*\), and (\S+) was written only once by then$/,
    (world, [, value], before) => {
      const rival = world.op(processes(before).at(-1));
      const last = Math.max(rival.end, world.subject.end);
      return (
        expected(rival) === value &&
        rival.outcome === 'ok' &&
        writers(world, value, last).length === 1 &&
        !initially(world, value)
      );
    },
  ],
  [
    /had it too \(.*\), and nothing wrote (\S+) again by then$/,
    (world, [, value], before) => {
      const rival = world.op(processes(before).at(-1));
      return (
        expected(rival) === value &&
        rival.outcome === 'ok' &&
        writers(world, value, Math.max(rival.end, world.subject.end)).length === 0
      );
    },
  ],
  [
    /so (\S+) came after (\S+); but .* so (\S+) came after (\S+?)(?= \(|$)/,
    (world, [all = '', ...values], before) => {
      const isAfter = (part: string) => {
        const [late, early] = processes(part).map(world.op);
        return late !== undefined && early !== undefined && early.end < late.invoke;
      };
      const [, second = ''] = all.split('; but ');
      const once = (value: string | undefined) =>
        writers(
          world,
          value,
          world.ops.reduce((last, { end }) => (end < Infinity ? Math.max(last, end) : last), 0),
        ).length +
          (wrote(world.subject) === value ? 1 : 0) +
          (initially(world, value) ? 1 : 0) <=
        1;
      return isAfter(before) && isAfter(second) && values.every(once);
    },
  ],
];

/** Of a queue, a stack, a priority queue. */
function containerClaims(put: string, wasPut: string, take: string, wasTaken: string): readonly Claim[] {
  const puts = (world: World, value: string | undefined) =>
    happened(world).filter(({ f, input }) => f === put && text(input) === value);
  const takes = (world: World, value: string | undefined) =>
    world.ops.filter(({ f, output, outcome }) => f === take && outcome === 'ok' && text(output) === value);
  const doubtful = ({ ops }: World) => ops.filter(({ f, outcome }) => f === take && outcome === 'info');
  const taken = ({ subject }: World) => text(subject.output);
  /** The element whose put was told of last. */
  const due = (before: string) =>
    [...before.matchAll(new RegExp(`${put} of (\\S+) was acknowledged`, 'g'))].at(-1)?.[1];
  const tookAt = new RegExp(`process (\\d+) ${wasTaken} (\\S+) at`);
  return [
    ...COMMON,
    [
      tookAt,
      ({ op }, [, process, value]) =>
        op(process).f === take && op(process).outcome === 'ok' && text(op(process).output) === value,
    ],
    [
      /process (\d+) found the .* empty/,
      ({ op }, [, process]) => op(process).f === take && op(process).outcome === 'ok' && op(process).output === null,
    ],
    [
      new RegExp(`nothing ever ${wasPut} it$`),
      (world) => world.ops.every(({ f, input }) => f !== put || text(input) !== taken(world)),
    ],
    [
      new RegExp(`process (\\d+)'s ${put} of it (?:had failed|failed) at`),
      (world, [, process]) =>
        world.op(process).outcome === 'fail' &&
        text(world.op(process).input) === taken(world) &&
        puts(world, taken(world)).length === 0,
    ],
    [
      new RegExp(`process (\\d+) only began to ${put} it at`),
      (world, [, process]) =>
        world.op(process).f === put && puts(world, taken(world)).every(({ invoke }) => invoke > world.subject.end),
    ],
    [
      /too, and it was \w+ only once$/,
      (world) => puts(world, taken(world)).length === 1 && takes(world, taken(world)).length > 1,
    ],
    [
      new RegExp(`nothing ${wasTaken} it$`),
      (world, _, before) => takes(world, due(before)).length === 0 && doubtful(world).length === 0,
    ],
    [
      new RegExp(
        `nothing had ${wasTaken} it by then(?:: (\\d+) of unknown fate cannot have had all that was missing)?$`,
      ),
      (world, [, count = '0'], before) =>
        takes(world, due(before)).length === 0 &&
        doubtful(world).filter(({ invoke }) => invoke < world.subject.end).length === Number(count),
    ],
    [
      new RegExp(`nothing began to ${take} it before (\\S+) s$`),
      (world, [, at], before) =>
        puts(world, due(before)).length === 1 &&
        takes(world, due(before)).length > 0 &&
        takes(world, due(before)).every(
          ({ invokeNs, invoke }) => invokeNs / 1e9 >= Number(at) - 1e-9 && invoke > world.subject.end,
        ),
    ],
    [
      /before the enqueue of (\S+) began/,
      (world, [, value], before) =>
        puts(world, value).every(({ invoke }) => puts(world, due(before)).every(({ end }) => end < invoke)),
    ],
    [
      /, on top of it/,
      (world, _, before) =>
        puts(world, taken(world)).every(({ end }) => puts(world, due(before)).every(({ invoke }) => end < invoke)),
    ],
    [/, which is larger/, (world, _, before) => Number(due(before)) > Number(taken(world))],
    [
      /at every moment of that one of (.*) was inside$/,
      (world, [, all = '']) => {
        const moments = Array.from(
          { length: world.subject.end - world.subject.invoke },
          (_, step) => world.subject.invoke + step + 0.5,
        );
        const isIn = (value: string, at: number) =>
          puts(world, value).some(({ end }) => end < at) && takes(world, value).every(({ invoke }) => invoke > at);
        return (
          doubtful(world).every(({ invoke }) => invoke > world.subject.end) &&
          moments.every((at) => all.split(', ').some((value) => isIn(value, at)))
        );
      },
    ],
  ];
}

const SET: readonly Claim[] = (() => {
  const element = (before: string) => /(?:found|find) (\S+) at/.exec(before)?.[1];
  const ofElement = (world: World, f: string, before: string) =>
    happened(world).filter((op) => op.f === f && text(op.input) === element(before));
  const removes = (world: World, before: string) =>
    ofElement(world, 'remove', before).filter((op) => op !== world.subject && op.output !== false);
  const saw = ({ f, outcome, output, input }: Op, value: string | undefined) =>
    outcome === 'ok' &&
    (f === 'read'
      ? isList(output) && output.map(text).includes(value ?? '')
      : output === true && text(input) === value);
  return [
    ...COMMON,
    [/process (\d+) found (\S+) at/, ({ op }, [, process, value]) => saw(op(process), value)],
    [
      /process (\d+) did not find (\S+) at/,
      ({ op }, [, process, value]) =>
        op(process).outcome === 'ok' && op(process).f !== 'add' && !saw(op(process), value),
    ],
    [
      /nothing ever put it in$/,
      (world, _, before) => world.ops.every(({ f, input }) => f !== 'add' || text(input) !== element(before)),
    ],
    [
      /process (\d+)'s add of it (?:had failed|failed) at/,
      (world, [, process], before) =>
        world.op(process).outcome === 'fail' && ofElement(world, 'add', before).length === 0,
    ],
    [
      /process (\d+) only began to put it in at/,
      (world, _, before) => ofElement(world, 'add', before).every(({ invoke }) => invoke > world.subject.end),
    ],
    [/and it was added only once$/, (world, _, before) => ofElement(world, 'add', before).length === 1],
    [/nothing removed it$/, (world, _, before) => removes(world, before).length === 0],
    [
      /nothing removed it before (\S+) s$/,
      (world, [, at], before) =>
        removes(world, before).every(
          ({ invokeNs, invoke }) => invokeNs / 1e9 >= Number(at) - 1e-9 && invoke > world.subject.end,
        ),
    ],
    [
      /process (\d+) found \S+ at \S+ s afterwards$/,
      ({ op, subject }, [, process]) => op(process).invoke > subject.end,
    ],
    [/what one of them saw, the other had to see too$/, ({ ops }) => ops.every(({ f }) => f !== 'remove')],
    [/but twice$/, () => true],
  ];
})();

const LOCK: readonly Claim[] = [
  ...COMMON,
  [
    /process (\d+) (?:was granted|had acquired)/,
    ({ op }, [, process]) => op(process).f === 'acquire' && op(process).outcome === 'ok',
  ],
  [
    /process (\d+)(?:'s release was acknowledged| had released)/,
    ({ op }, [, process]) => op(process).f === 'release' && op(process).outcome === 'ok',
  ],
  [/no (acquire|release) can have come in between$/, (world, [, f], before) => between(world, f, before).length === 0],
  [
    /only (one|\d+) (acquire|release)s? can have come in between$/,
    (world, [, count, f], before) => between(world, f, before).length === numberOf(count),
  ],
  [
    /this is (acquire|release) number (\d+) since then/,
    (world, [, f, count], before) => {
      const first = world.op(processes(before).at(1));
      return (
        happened(world).filter((op) => op.f === f && op.invoke > first.end && op.end <= world.subject.end).length >=
        Number(count)
      );
    },
  ],
  [
    /by then (one|\d+) (acquire|release)s? had been acknowledged, and|by then (one|\d+) (acquire|release)s? had been acknowledged/,
    (world, [, a, f, b, g]) =>
      world.ops.filter((op) => op.f === (f ?? g) && op.outcome === 'ok' && op.end <= world.subject.end).length ===
      numberOf(a ?? b),
  ],
  [
    /and (no|only one|only \d+) (acquire|release)s? asked for$/,
    (world, [, count = '', f]) =>
      happened(world).filter((op) => op.f === f && op.invoke < world.subject.end).length ===
      (count === 'no' ? 0 : numberOf(count.replace('only ', ''))),
  ],
];

const numberOf = (word: string | undefined) => (word === 'one' ? 1 : Number(word));
/** Of one kind, those that can have happened after what is told of second and before the subject had ended. */
const between = (world: World, f: string | undefined, before: string) => {
  const first = Math.min(
    ...processes(before)
      .slice(1)
      .map((process) => world.op(process).invoke),
  );
  return happened(world).filter((op) => op.f === f && op.end > first && op.invoke < world.subject.end);
};

/** A second where there was a microsecond: so that a sentence tells moments apart. */
const slower = (history: History): History =>
  fromEvents([...eventsOf(history)].map((event) => ({ ...event, timeNs: event.timeNs * 1e6 })));

function worldOf(history: History, model: Model, sentence: string): World {
  const ops = Array.from(history.invoke, (_, row): Op => {
    const operation = operationAt(history, row);
    return { ...operation, end: operation.outcome === 'info' ? Infinity : (operation.complete ?? Infinity) };
  });
  const op = (process: string | undefined): Op => {
    const found = ops.find((each) => String(each.process) === process);
    if (!found) throw new Error(`no process ${process}: ${sentence}`);
    return found;
  };
  const violates = (event: number, isIn: (op: Op) => boolean) => {
    const rows = Int32Array.from(ops.filter(isIn), ({ row }) => row);
    return bruteForce(prefixOf({ history, key: 0, rows }, Math.min(event, history.events)), model) === undefined;
  };
  return { ops, model, op, violates, subject: op(processes(sentence)[0]) };
}

/** How many claims were looked up; the last one of a sentence must be among them. */
function judge(history: History, model: Model, sentence: string, claims: readonly Claim[]): number {
  const world = worldOf(history, model, sentence);
  let [looked, end] = [0, 0];
  for (const [pattern, isTrue] of claims) {
    for (const match of sentence.matchAll(new RegExp(pattern.source, 'g'))) {
      if (!isTrue(world, match, sentence.slice(0, match.index)))
        throw new Error(`not true: ${match[0]}, in: ${sentence}\n${told(history)}`);
      looked++;
      end = Math.max(end, match.index + match[0].length);
    }
  }
  const rest = sentence.slice(end);
  if (looked === 0 || !/^( \S+ s)?( \(.*\))?$/.test(rest))
    throw new Error(`what does it claim? ${sentence}\n${told(history)}`);
  return looked;
}

const told = (history: History) =>
  [...eventsOf(history)].map(({ process, type, f, value }) => `${process} ${type} ${f} ${text(value)}`).join('\n');

const QUEUE = containerClaims('enqueue', 'enqueued', 'dequeue', 'dequeued');
const CASES: Readonly<Record<string, readonly [(typeof exercises)[string], readonly Claim[]]>> = {
  'a register, unique values': [registerExercise(true), REGISTER],
  'a register, repeated values': [registerExercise(false), REGISTER],
  'a register of two values': [registerExercise(false, register({ init: 0 }), 2), REGISTER],
  'a queue': [exercises['queue']!, QUEUE],
  'a queue, repeated values': [exercises['queue, repeated values']!, QUEUE],
  'a stack': [exercises['stack']!, containerClaims('push', 'pushed', 'pop', 'popped')],
  'a priority queue': [exercises['priority queue']!, containerClaims('insert', 'inserted', 'poll', 'polled')],
  'a set': [exercises['set']!, SET],
  'a mutex': [exercises['mutex']!, LOCK],
  'a semaphore of two': [{ ...exercises['mutex']!, model: semaphore({ permits: 2 }) }, LOCK],
};

for (const [name, [exercise, claims]] of Object.entries(CASES)) {
  it(
    `of ${name} nothing is said that is not so`,
    () => {
      const { model } = exercise;
      let looked = 0;
      fc.assert(
        fc.property(histories(exercise).map(slower), (history) => {
          const { anomalies } = checkModel(history, model, LIMITS);
          for (const { sentence } of anomalies) looked += judge(history, model, sentence, claims);
        }),
        { numRuns },
      );
      expect(looked).toBeGreaterThan(numRuns / 20);
    },
    timeout,
  );
}
