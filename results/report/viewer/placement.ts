/** Where an operation stands in the order that was found of its key, and the model's state before and after it. */
import { AS_INPUT, AS_OTHER, AS_OUTPUT } from '../data/header.ts';
import type { Data } from './data.ts';

export interface Placement {
  /** From 0; null where the operation stands in no order. */
  readonly place: number | null;
  /** So many operations stand in the order. */
  readonly size: number;
  /** Whether it explains all operations of the key, or only those before the violation. */
  readonly isWhole: boolean;
  /** As text; null where it is not known. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Undefined where no order of the operation's key was found. */
export function placementOf(data: Data, row: number): Placement | undefined {
  const orders = ordersOf(data);
  const key = data.key[row] ?? 0;
  const order = orders?.rows.get(key);
  if (!orders || !order) return undefined;
  const place = orders.place[row]! - 1;
  const shared = { size: order.length, isWhole: orders.whole.has(key) };
  if (place < 0) return { ...shared, place: null, before: null, after: null };
  const textOf = (id: number) => (id < 0 ? null : data.value(id));
  const previous = place === 0 ? (data.header.placements?.init ?? -1) : orders.state[order[place - 1]!]!;
  return { ...shared, place, before: textOf(previous), after: textOf(orders.state[row]!) };
}

interface Orders {
  /** By key: its operations in order. */
  readonly rows: ReadonlyMap<number, readonly number[]>;
  readonly whole: ReadonlySet<number>;
  /** By row: the place from 1, 0 where there is none; and the id of the state after it, -1 where that is not known. */
  readonly place: Uint32Array;
  readonly state: Int32Array;
}

const known = new WeakMap<Data, Orders | null>();

/** Unpacked when first asked for. */
function ordersOf(data: Data): Orders | null {
  let orders = known.get(data);
  if (orders === undefined) {
    orders = data.header.placements ? unpack(data, data.header.placements.keys) : null;
    known.set(data, orders);
  }
  return orders;
}

function unpack(data: Data, keys: readonly (readonly [key: number, whole: 0 | 1])[]): Orders {
  const [shift, how, others] = [data.placed('shift'), data.placed('state'), data.placed('others')];
  const rows = new Map(keys.map(([key]): [number, number[]] => [key, []]));
  const rank = new Map<number, number>();
  const place = new Uint32Array(data.count);
  const state = new Int32Array(data.count).fill(-1);
  let next = 0;
  for (let row = 0; row < data.count; row++) {
    const source = how[row]!;
    if (source === AS_OUTPUT) state[row] = data.output[row]!;
    else if (source === AS_INPUT) state[row] = data.input[row]!;
    else if (source === AS_OTHER) state[row] = others[next++]!;
    const code = shift[row]!;
    if (code === 0) continue;
    const key = data.key[row]!;
    const before = rank.get(key) ?? 0;
    rank.set(key, before + 1);
    const away = (code & 1) === 1 ? (code - 1) / 2 : -code / 2;
    place[row] = before + away + 1;
    const order = rows.get(key);
    if (order) order[before + away] = row;
  }
  const whole = new Set(keys.filter(([, isWhole]) => isWhole === 1).map(([key]) => key));
  return { rows, whole, place, state };
}
