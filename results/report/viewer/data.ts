/** The block of a report, read: the header, the columns as typed arrays, and what one operation says. */
import { decodeBlock, type Block, type Ints } from '../data/codec.ts';
import { OPEN, OUTCOMES, type Header, type OutcomeName } from '../data/header.ts';

export interface Data {
  readonly header: Header;
  readonly count: number;
  /** In units of `header.unitNs`, in ascending order. */
  readonly start: Ints;
  readonly duration: Ints;
  readonly invoke: Ints;
  readonly process: Ints;
  readonly f: Ints;
  readonly outcome: Ints;
  readonly key: Ints;
  readonly node: Ints;
  readonly error: Ints;
  readonly input: Ints;
  readonly output: Ints;
  /** Columns of the orders found: see PlacementFacts. Only where the header has them. */
  placed(name: 'shift' | 'state' | 'others'): Ints;
  /** How many distinct values there are, and each as text. */
  readonly valueCount: number;
  value(id: number): string;
  logTimesMs(log: number): Int32Array;
  logLines(log: number): string[];
}

export function readData(bytes: Uint8Array): Data {
  const block: Block<Header> = decodeBlock(bytes);
  const { header } = block;
  const isText = block.ints('valueIsText');
  const number = block.ints('valueNumber');
  let texts: string[] | undefined;
  return {
    header,
    count: header.count,
    start: block.ints('start'),
    duration: block.ints('duration'),
    invoke: block.ints('invoke'),
    process: block.ints('process'),
    f: block.ints('f'),
    outcome: block.ints('outcome'),
    key: block.ints('key'),
    node: block.ints('node'),
    error: block.ints('error'),
    input: block.ints('input'),
    output: block.ints('output'),
    placed: (name) => block.ints(`placed.${name}`),
    valueCount: isText.length,
    value: (id) => {
      const held = number[id] ?? 0;
      if (isText[id] === 0) return String(held | 0);
      texts ??= block.text('values').split('\n');
      return texts[held] ?? '';
    },
    logTimesMs: (log) => Int32Array.from(block.ints(`log.${log}.time`), (ms) => ms | 0),
    logLines: (log) => block.text(`log.${log}.text`).split('\n'),
  };
}

/** From base64 in the page to columns; the browser unpacks gzip itself. */
export async function unpack(base64: string): Promise<Data> {
  const stream = new Blob([fromBase64(base64)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return readData(new Uint8Array(await new Response(stream).arrayBuffer()));
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64;
  if (native) return native.call(Uint8Array, base64);
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export function startNs(data: Data, row: number): number {
  return (data.start[row] ?? 0) * data.header.unitNs;
}

/** An operation that never completed reaches to the end of the run. */
export function endNs(data: Data, row: number): number {
  const duration = data.duration[row] ?? 0;
  return duration === OPEN ? data.header.durationNs : startNs(data, row) + duration * data.header.unitNs;
}

export function isOpen(data: Data, row: number): boolean {
  return data.duration[row] === OPEN;
}

export function outcomeOf(data: Data, row: number): OutcomeName {
  return OUTCOMES[data.outcome[row] ?? 2] ?? 'info';
}

export function processOf(data: Data, row: number): number {
  return data.header.processes[data.process[row] ?? 0] ?? 0;
}

export function laneOf(data: Data, row: number): number {
  return data.header.laneOf[data.process[row] ?? 0] ?? 0;
}

/** First row that starts at or after a moment. */
export function firstFrom(data: Data, ns: number): number {
  const ticks = ns / data.header.unitNs;
  let low = 0;
  let high = data.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data.start[middle]! < ticks) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The operation in a few characters: `write 5`, `read → 4`, `cas [1, 2]`. */
export function opText(data: Data, row: number): string {
  const f = data.header.fs[data.f[row] ?? 0] ?? '';
  const input = data.input[row] ?? 0;
  const output = data.output[row] ?? 0;
  const asked = input === 0 ? f : `${f} ${data.value(input)}`;
  const answered = data.outcome[row] === 0 && output !== input;
  return answered ? `${asked} → ${data.value(output)}` : asked;
}

/** The operations to be ringed: the fewest that prove the anomaly, or else its witnesses. */
export function provingRows(data: Data, anomaly: number): readonly number[] {
  const chosen = data.header.anomalies[anomaly];
  if (!chosen) return [];
  return chosen.smallest.length > 0 ? chosen.smallest : chosen.witnesses;
}
