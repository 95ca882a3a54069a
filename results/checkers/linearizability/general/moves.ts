/**
 * A model's moves for one subhistory, in integers: states and classes of operations have ids, steps are looked up.
 *
 * Operations with equal f, outcome, input and known output form a class; `step` is worked out once per state and class, when
 * a search first asks for it, so that no search runs a model's own code twice for the same question.
 */
import { INFO, type Value } from '../../../history/index.ts';
import { Problem } from '../../../problem.ts';
import { canonical, isList } from '../canonical.ts';
import type { Model, Operation } from '../model.ts';
import { operationAt } from '../operation.ts';
import type { Subhistory } from '../subhistory.ts';
import { tupleTable } from '../tuples.ts';

/** What a search needs to know. */
export interface SearchMoves {
  readonly initial: number;
  /** By class: 1 where the model says that it never changes a state. */
  readonly observer: Uint8Array;
  /** The state that a class leads to, or its nth choice of several; NONE where there is none (any more). */
  next(state: number, operationClass: number, choice: number): number;
  /** Memory held, roughly: states are taken to be 100 bytes. */
  bytes(): number;
}

export interface Moves extends SearchMoves {
  readonly classes: readonly Operation[];
  /** Class of each row of the subhistory, by its place in `rows`. */
  readonly classOf: Int32Array;
}

export const NONE = -1;
/** Answers below this stand for lists of several states. */
const SEVERAL = -2;

/** Steps are worked out when asked for. They throw a `Problem` where the model does not keep its word. */
export function movesOf(part: Subhistory, model: Model): Moves {
  const { classes, classOf } = classify(part);
  const observer = Uint8Array.from(classes, (operation) => (model.observer?.(operation) === true ? 1 : 0));
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

  // A table of questions with open addressing: state, class and answer, three words each; a state of -1 is an empty place.
  let table = new Int32Array(3 * 128).fill(-1);
  let mask = 127;
  let count = 0;
  const lists: (readonly number[])[] = [];

  const placeOf = (state: number, operationClass: number): number => {
    let hash = Math.imul(state, 0x9e3779b1) ^ Math.imul(operationClass, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = 3 * slot;
      const found = table[place]!;
      if (found < 0 || (found === state && table[place + 1] === operationClass)) return place;
    }
  };

  const grow = () => {
    const before = table;
    mask = 2 * mask + 1;
    table = new Int32Array(3 * (mask + 1)).fill(-1);
    for (let old = 0; old < before.length; old += 3) {
      if (before[old]! < 0) continue;
      const place = placeOf(before[old]!, before[old + 1]!);
      for (let word = 0; word < 3; word++) table[place + word] = before[old + word]!;
    }
  };

  const ask = (state: number, operationClass: number): number => {
    const [from, operation] = [states[state], classes[operationClass]];
    if (from === undefined || operation === undefined) {
      throw new RangeError(`step(${state}, ${operationClass}) of ${states.length} states, ${classes.length} classes`);
    }
    const answer = statesAfter(model, from, operation).map(intern);
    if (observer[operationClass] === 1 && answer.some((next) => next !== state)) throw changes(model, operation);
    const [first] = answer;
    if (first === undefined) return NONE;
    return answer.length === 1 ? first : SEVERAL - (lists.push(answer) - 1);
  };

  const answerOf = (state: number, operationClass: number): number => {
    const place = placeOf(state, operationClass);
    if (table[place]! >= 0) return table[place + 2]!;
    const answer = ask(state, operationClass);
    if (2 * ++count > mask) grow();
    const free = placeOf(state, operationClass);
    table[free] = state;
    table[free + 1] = operationClass;
    table[free + 2] = answer;
    return answer;
  };

  return {
    initial,
    classes,
    classOf,
    observer,
    bytes: () => 4 * table.length + 40 * lists.length + 100 * states.length,
    next(state, operationClass, choice) {
      // Most models never have a choice: then there is nothing to look up.
      if (choice > 0 && lists.length === 0) return NONE;
      const answer = answerOf(state, operationClass);
      if (answer > SEVERAL) return choice === 0 ? answer : NONE;
      return lists[SEVERAL - answer]?.[choice] ?? NONE;
    },
  };
}

function statesAfter(model: Model, state: Value, operation: Operation): readonly Value[] {
  const states: unknown = model.step(state, operation);
  if (isList(states as Value)) return states as readonly Value[];
  throw new Problem(
    `The model '${model.name}' returned ${String(states)} from its step for '${operation.f}', and that is no list.`,
    'Return a list of states from `step`: [next], or [] where the operation cannot have had this outcome.',
  );
}

function changes({ name }: Model, { f }: Operation): Problem {
  return new Problem(
    `The model '${name}' calls '${f}' an observer, but its step changes the state.`,
    'Let `observer` be true only for operations after which every state is what it was before.',
  );
}

function classify({ history, rows }: Subhistory): Pick<Moves, 'classes' | 'classOf'> {
  const table = tupleTable();
  const classes: Operation[] = [];
  const classOf = new Int32Array(rows.length);
  const words = new Int32Array(4);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place]!;
    const outcome = history.outcome[row]!;
    words[0] = history.f[row]!;
    words[1] = outcome;
    words[2] = history.input[row]!;
    words[3] = outcome === INFO ? 0 : history.output[row]!;
    const id = table.intern(words, 4);
    if (id === classes.length) classes.push(operationAt(history, row));
    classOf[place] = id;
  }
  return { classes, classOf };
}
