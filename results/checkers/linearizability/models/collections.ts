/**
 * Queue, stack, priority queue and set: objects that hold elements.
 *
 * Taking from an empty one returns null. States are lists; that of the priority queue and the set is kept sorted so that
 * equal contents are equal states.
 */
import type { Value } from '../../../history/index.ts';
import { canonical, isList, same } from '../canonical.ts';
import { ANYTHING, defineModel, type Model, type Operation, type Ties } from '../model.ts';

/** `enqueue` at the end, `dequeue` from the front. */
export function queue(): Model {
  return container('queue', 'enqueue', 'dequeue', (list, element) => [...list, element], 0);
}

/** `push` on top, `pop` from the top. */
export function stack(): Model {
  return container('stack', 'push', 'pop', (list, element) => [...list, element], -1);
}

/** `insert` anywhere, `poll` takes the largest. */
export function priorityQueue(): Model {
  return container('priority-queue', 'insert', 'poll', (list, element) => [...list, element].sort(byPriority), -1);
}

/** `add`, `remove` (true if it was there, or null: no matter), `contains` (true or false), `read` (all, in any order). */
export function set(): Model {
  return defineModel({
    name: 'set',
    init: [],
    step(state, { f, input, output }) {
      const elements = isList(state) ? state : [];
      const present = elements.some((each) => same(each, input));
      switch (f) {
        case 'add':
          return [present ? state : [...elements, input].sort(byText)];
        case 'remove':
          if (typeof output === 'boolean' && output !== present) return [];
          return [present ? elements.filter((each) => !same(each, input)) : state];
        case 'contains':
          return output === undefined || output === present ? [state] : [];
        case 'read': {
          const seen = output === undefined || (isList(output) && same([...output].sort(byText), state));
          return seen ? [state] : [];
        }
        default:
          return [];
      }
    },
    observer: ({ f }) => f === 'read' || f === 'contains',
    shape: { kind: 'set' },
    // All operations on an element leave together, and with them whoever saw the whole set.
    ties: {
      gives: ({ f, input }) => (f === 'add' || f === 'remove' ? [input] : []),
      needs: ({ f, input }) => (f === 'read' ? ANYTHING : [input]),
    },
  });
}

/** What queue, stack and priority queue share: one operation puts, one takes from the end at `take` (0 first, -1 last). */
function container(
  name: 'queue' | 'stack' | 'priority-queue',
  put: string,
  take: string,
  insert: (list: readonly Value[], element: Value) => readonly Value[],
  end: 0 | -1,
): Model {
  const isEmptyTake = ({ f, output }: Operation) => f === take && output === null;
  return defineModel({
    name,
    init: [],
    step(state, { f, input, output }) {
      const list = isList(state) ? state : [];
      if (f === put) return [insert(list, input)];
      if (f !== take) return [];
      const front = list.at(end);
      if (front === undefined) return output === undefined || output === null ? [state] : [];
      if (output !== undefined && (output === null || !same(front, output))) return [];
      return [end === 0 ? list.slice(1) : list.slice(0, -1)];
    },
    observer: isEmptyTake,
    shape: { kind: name },
    ties: pairTies(put, take),
  });
}

/** All operations on an element leave together; one that found nothing leaves alone, one that crashed taking never. */
function pairTies(put: string, take: string): Ties {
  const touched = ({ f, input, output }: Operation): readonly Value[] => {
    if (f === put) return [input];
    return f === take && output !== undefined && output !== null ? [output] : [];
  };
  return { gives: touched, needs: touched };
}

function byText(a: Value, b: Value): number {
  const [left, right] = [canonical(a), canonical(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Lowest first: numbers by size, text (or a mixture) by its letters. */
function byPriority(a: Value, b: Value): number {
  if (typeof a === 'string' || typeof b === 'string') return byText(a, b);
  return Number(a) - Number(b);
}
