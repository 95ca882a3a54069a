/**
 * A string store under load from a seed, as Porcupine's own test data has it: clients append to few keys and read them.
 *
 * Linearizable by construction, as other generated histories are. `whole` has the key in the value, `[key, text]`, so that the
 * store is one object and all keys must be searched together; `kvStore` is its model.
 */
import { fromEvents } from '../../../history/builder.ts';
import type { History, HistoryEvent, Value } from '../../../history/index.ts';
import { same } from '../canonical.ts';
import { defineModel, type Model } from '../model.ts';
import { randomOf } from './generated.ts';

export interface GeneratedKv {
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  readonly whole: boolean;
  readonly seed: number;
}

export function generateKv({ operations, clients, keys, whole, seed }: GeneratedKv): History {
  const random = randomOf(seed);
  const store = new Map<string, string>();
  const events: HistoryEvent[] = [];
  const open = new Map<number, { f: string; key: string; input: string | null; output?: Value }>();
  const emit = (process: number, type: 'invoke' | 'ok', f: string, key: string, value: Value) =>
    events.push({ process, type, f, timeNs: events.length, ...(whole ? { value: [key, value] } : { key, value }) });
  for (let started = 0; started < operations || open.size > 0;) {
    const process = random(clients);
    const running = open.get(process);
    if (!running) {
      if (started === operations) continue;
      const f = random(2) === 0 ? 'append' : 'get';
      const key = String(random(keys));
      const input = f === 'append' ? `x ${process} ${started} y` : null;
      started++;
      open.set(process, { f, key, input });
      emit(process, 'invoke', f, key, input);
    } else if (running.output === undefined) {
      const { f, key, input } = running;
      const text = store.get(key) ?? '';
      if (f === 'append') store.set(key, `${text}${input ?? ''}`);
      running.output = f === 'append' ? input : text;
    } else {
      open.delete(process);
      emit(process, 'ok', running.f, running.key, running.output);
    }
  }
  return fromEvents(events);
}

/** All keys in one state. */
export const kvStore: Model = defineModel({
  name: 'kv-store',
  init: {},
  step(state, { f, input, output }) {
    const texts = state as Readonly<Record<string, string>>;
    const [key, text] = input as readonly [string, string | null];
    const before = texts[key] ?? '';
    if (f === 'append') return [{ ...texts, [key]: before + (text ?? '') }];
    return output === undefined || same(output, [key, before]) ? [state] : [];
  },
  observer: ({ f }) => f === 'get',
});
