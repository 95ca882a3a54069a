/**
 * A model compiled for one subhistory: states and operations are small integers, steps are looked up.
 *
 * Operations with equal f, outcome, input and known output form a class; `step` is worked out once per state and class and
 * remembered, so that a search never runs a model's own code twice for the same question.
 */
import { INFO, type Value } from '../../history/index.ts';
import { canonical } from './canonical.ts';
import type { Model, Operation } from './model.ts';
import { operationAt } from './operation.ts';
import type { Subhistory } from './subhistory.ts';
import { tupleTable } from './tuples.ts';

export interface Automaton {
  readonly initial: number;
  readonly classes: readonly Operation[];
  /** Class of each row of the subhistory, by its place in `rows`. */
  readonly classOf: Int32Array;
  /** State ids that a class leads to; empty where it cannot happen. */
  step(state: number, operationClass: number): readonly number[];
  valueOf(state: number): Value;
  /** Memory held, roughly: states are taken to be 100 bytes. */
  bytes(): number;
}

export function compile(part: Subhistory, model: Model): Automaton {
  const states: Value[] = [];
  const idOf = new Map<string, number>();
  const intern = (state: Value): number => {
    const text = canonical(state);
    const known = idOf.get(text);
    if (known !== undefined) return known;
    idOf.set(text, states.length);
    states.push(state);
    return states.length - 1;
  };

  const initial = intern(model.init);
  const { classes, classOf } = classify(part);
  const questions = tupleTable();
  const answers: (readonly number[])[] = [];
  const words = new Int32Array(2);
  return {
    initial,
    classes,
    classOf,
    valueOf: (state) => states[state] ?? null,
    bytes: () => questions.bytes() + 40 * answers.length + 100 * states.length,
    step(state, operationClass) {
      words[0] = state;
      words[1] = operationClass;
      const id = questions.intern(words, 2);
      const known = answers[id];
      if (known !== undefined) return known;
      const operation = classes[operationClass];
      const from = states[state];
      if (operation === undefined || from === undefined) {
        throw new RangeError(`step(${state}, ${operationClass}) of ${states.length} states, ${classes.length} classes`);
      }
      const answer = model.step(from, operation).map(intern);
      answers[id] = answer;
      return answer;
    },
  };
}

function classify({ history, rows }: Subhistory): Pick<Automaton, 'classes' | 'classOf'> {
  const table = tupleTable();
  const classes: Operation[] = [];
  const classOf = new Int32Array(rows.length);
  const words = new Int32Array(4);
  rows.forEach((row, place) => {
    const outcome = history.outcome[row]!;
    words[0] = history.f[row]!;
    words[1] = outcome;
    words[2] = history.input[row]!;
    words[3] = outcome === INFO ? 0 : history.output[row]!;
    const id = table.intern(words, 4);
    if (id === classes.length) classes.push(operationAt(history, row));
    classOf[place] = id;
  });
  return { classes, classOf };
}
