/**
 * The binary half of a report: named integer columns and texts in one block of bytes.
 *
 * Columns are written byte plane by byte plane (all lowest bytes first, then the next), and only as many planes as their
 * largest number needs: what gzip gets to see is long runs of equal or slowly changing bytes, and a column of small
 * numbers is read back without a copy.
 *
 *     u32 length of the header | header as JSON | the columns, one after another
 */

/** `delta`: differences to the row before. `recent`: distance to the largest so far, for ids in order of appearance. */
export type Coding = 'plain' | 'delta' | 'recent';
export type Ints = Uint8Array | Uint32Array;

export interface Column {
  readonly coding: Coding;
  readonly data: ArrayLike<number>;
}

interface Place {
  readonly name: string;
  readonly kind: Coding | 'text';
  readonly length: number;
  readonly planes: number;
  readonly offset: number;
}

export interface Block<H> {
  readonly header: H;
  ints(name: string): Ints;
  text(name: string): string;
}

/** Numbers are taken modulo 2^32; a reader of signed ones says `| 0`. */
export function encodeBlock(
  header: unknown,
  columns: Readonly<Record<string, Column>>,
  texts: Readonly<Record<string, string>>,
): Uint8Array {
  const places: Place[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  const put = (name: string, kind: Place['kind'], length: number, planes: number, bytes: Uint8Array) => {
    places.push({ name, kind, length, planes, offset });
    parts.push(bytes);
    offset += bytes.length;
  };
  for (const [name, column] of Object.entries(columns)) {
    const coded = encode(column);
    const planes = planesOf(coded);
    put(name, column.coding, coded.length, planes, split(coded, planes));
  }
  for (const [name, text] of Object.entries(texts)) {
    const bytes = new TextEncoder().encode(text);
    put(name, 'text', bytes.length, 1, bytes);
  }
  const head = new TextEncoder().encode(JSON.stringify({ header, places }));
  const block = new Uint8Array(4 + head.length + offset);
  new DataView(block.buffer).setUint32(0, head.length, true);
  block.set(head, 4);
  let at = 4 + head.length;
  for (const part of parts) {
    block.set(part, at);
    at += part.length;
  }
  return block;
}

export function decodeBlock<H>(block: Uint8Array): Block<H> {
  const length = new DataView(block.buffer, block.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(block.subarray(4, 4 + length))) as { header: H; places: Place[] };
  const places = new Map(head.places.map((place) => [place.name, place]));
  const bytesOf = (name: string): [Place, Uint8Array] => {
    const place = places.get(name);
    if (!place) throw new Error(`the report has no column ${name}`);
    const start = 4 + length + place.offset;
    return [place, block.subarray(start, start + place.length * place.planes)];
  };
  return {
    header: head.header,
    ints: (name) => {
      const [place, bytes] = bytesOf(name);
      return place.kind === 'plain' && place.planes === 1 ? bytes : decode(place.kind, join(bytes, place));
    },
    text: (name) => new TextDecoder().decode(bytesOf(name)[1]),
  };
}

function encode({ coding, data }: Column): Uint32Array {
  const coded = new Uint32Array(data.length);
  let last = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (coding === 'plain') coded[i] = value;
    else if (coding === 'delta') {
      coded[i] = value - last;
      last = value;
    } else if (value !== 0) {
      const back = last - value;
      coded[i] = 1 + (back >= 0 ? back * 2 : -back * 2 - 1);
      if (value > last) last = value;
    }
  }
  return coded;
}

function decode(coding: Place['kind'], coded: Uint32Array): Uint32Array {
  let last = 0;
  if (coding === 'delta') {
    for (let i = 0; i < coded.length; i++) coded[i] = last = (last + coded[i]!) >>> 0;
  } else if (coding === 'recent') {
    for (let i = 0; i < coded.length; i++) {
      const code = coded[i]!;
      if (code === 0) continue;
      const value = (code - 1) & 1 ? last + code / 2 : last - (code - 1) / 2;
      coded[i] = value;
      if (value > last) last = value;
    }
  }
  return coded;
}

function planesOf(coded: Uint32Array): number {
  let all = 0;
  for (const value of coded) all |= value;
  return all >>> 24 ? 4 : all >>> 16 ? 3 : all >>> 8 ? 2 : 1;
}

function split(coded: Uint32Array, planes: number): Uint8Array {
  const bytes = new Uint8Array(coded.length * planes);
  for (let plane = 0; plane < planes; plane++) {
    const base = plane * coded.length;
    for (let i = 0; i < coded.length; i++) bytes[base + i] = coded[i]! >>> (8 * plane);
  }
  return bytes;
}

function join(bytes: Uint8Array, { length, planes }: Place): Uint32Array {
  const out = new Uint32Array(length);
  for (let plane = 0; plane < planes; plane++) {
    const base = plane * length;
    for (let i = 0; i < length; i++) out[i]! |= bytes[base + i]! << (8 * plane);
  }
  return out;
}
