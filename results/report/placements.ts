/**
 * Where each operation stands in the order that was found, and what the model held before and after it: in columns.
 *
 * Worked out from the history when the report is written, for runs small enough that nobody waits for it. What the page gets
 * is one small number per operation for its place, and one for the state: most states are what a read returned or a write
 * wrote, and those cost nothing.
 */
import { statesAlong } from '../checkers/linearizability/explain/steps.ts';
import { modelOf, parseOptions, placementsBy, type Model, type Placement } from '../checkers/linearizability/index.ts';
import type { History, Value } from '../history/index.ts';
import { AS_INPUT, AS_OTHER, AS_OUTPUT, type PlacementFacts } from './data/header.ts';
import { valueText } from './data/text.ts';
import { Problem } from '../problem.ts';
import type { RunFolder } from './run-folder.ts';

/** Larger runs have no places in their reports. */
const MOST_OPERATIONS = 200_000;
/** For the keys that have to be searched, all together. */
const LIMITS = { budgetMs: 1000, memoryBytes: 2 ** 28 };
/** States whose text is longer are left out. */
const LONGEST_STATE = 200;

export interface Placed {
  readonly facts: PlacementFacts;
  /** By row: 0 where it has no place; else, zigzag and from 1, how far its place in its key is from its row's. */
  readonly shift: Uint32Array;
  /** By row: how to find the state after it. */
  readonly state: Uint8Array;
  /** Of those whose state is AS_OTHER, in order of row: ids of values. */
  readonly others: readonly number[];
  /** Values that the history does not mention; their ids follow its own. */
  readonly more: readonly Value[];
}

/** Undefined where the run is too large, or was not checked for linearizability by a built-in model. */
export function placedIn({ history, info, verdict }: RunFolder): Placed | undefined {
  const spec = info?.workload.checker;
  if (!verdict || spec?.name !== 'linearizable' || spec.module !== undefined) return undefined;
  if (history.count > MOST_OPERATIONS) return undefined;
  const model = promiseOf(spec.options ?? {});
  // Judged again by another model than the run's own, it would be another order.
  if (!model || verdict.checker.model !== model.name) return undefined;
  return inColumns(history, model, placementsBy(history, model, LIMITS));
}

/** Undefined where the options are those of another version: a report is written all the same. */
function promiseOf(options: unknown): Model | undefined {
  try {
    return modelOf(parseOptions(options));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** `placements` must be of this history by this model. */
export function inColumns(history: History, model: Model, placements: readonly Placement[]): Placed {
  const shift = new Uint32Array(history.count);
  const state = new Uint8Array(history.count);
  const other = new Map<number, number>();
  const ids = stateIds(history);
  const init = ids.of(model.init);
  for (const { order } of placements) {
    const rank = new Map(Array.from(Int32Array.from(order).sort(), (row, place) => [row, place]));
    const states = statesAlong(history, model, order);
    let held = init;
    order.forEach((row, place) => {
      const away = place - (rank.get(row) ?? 0);
      shift[row] = 1 + (away >= 0 ? 2 * away : -2 * away - 1);
      const after = states[place + 1];
      if (after === undefined) return;
      held = after === states[place] ? held : ids.of(after, row);
      state[row] =
        held < 0 ? 0 : held === history.output[row] ? AS_OUTPUT : held === history.input[row] ? AS_INPUT : AS_OTHER;
      if (state[row] === AS_OTHER) other.set(row, held);
    });
  }
  const keys = placements.map(({ key, until }) => [key, until === history.events ? 1 : 0] as const);
  const others = [...other].sort(([a], [b]) => a - b).map(([, id]) => id);
  return { facts: { init, keys }, shift, state, others, more: ids.more };
}

/** Ids for states: those of equal values of the history, new ones for others, -1 for what is too long to be shown. */
function stateIds({ values, input, output, second }: History) {
  const more: Value[] = [];
  const known = new Map<string, number>();
  return {
    more,
    of(state: Value, row = -1): number {
      const near =
        row < 0 ? 0 : [output[row]!, input[row]!, second[row]!].find((id) => id >= 0 && values[id] === state);
      if (near !== undefined && values[near] === state) return near;
      const text = valueText(state);
      if (text.length > LONGEST_STATE) return -1;
      const id = known.get(text) ?? values.length + more.push(state) - 1;
      known.set(text, id);
      return id;
    },
  };
}
