/**
 * The columns that decide about a register, with the operations of one key side by side.
 *
 * In a history of many keys a key's rows lie far apart, and each pass over them would miss the cache at each: what is
 * needed of them is copied once. A history of one key is read where it stands.
 */
import type { History } from '../../history/index.ts';
import type { Subhistory } from './subhistory.ts';

/** Columns by place: the nth of a subhistory's rows. What a column means is told in History. */
export interface Packed extends Pick<History, 'f' | 'outcome' | 'input' | 'output' | 'invoke' | 'complete'> {
  readonly size: number;
}

/** Packs subhistories, one at a time: each call may overwrite what the one before it gave. */
export function packer(): (part: Subhistory) => Packed {
  let room = allocate(0);
  return ({ history, rows }) => {
    const size = rows.length;
    const { f, outcome, input, output, invoke, complete } = history;
    if (size === history.count) return { f, outcome, input, output, invoke, complete, size };
    if (size > room.f.length) room = allocate(2 * size);
    for (let place = 0; place < size; place++) room.f[place] = f[rows[place]!]!;
    for (let place = 0; place < size; place++) room.outcome[place] = outcome[rows[place]!]!;
    for (let place = 0; place < size; place++) room.input[place] = input[rows[place]!]!;
    for (let place = 0; place < size; place++) room.output[place] = output[rows[place]!]!;
    for (let place = 0; place < size; place++) room.invoke[place] = invoke[rows[place]!]!;
    for (let place = 0; place < size; place++) room.complete[place] = complete[rows[place]!]!;
    return { ...room, size };
  };
}

function allocate(size: number): Omit<Packed, 'size'> {
  return {
    f: new Uint8Array(size),
    outcome: new Uint8Array(size),
    input: new Int32Array(size),
    output: new Int32Array(size),
    invoke: new Int32Array(size),
    complete: new Int32Array(size),
  };
}
