/**
 * A history's columns as a binary file beside its JSONL: loaded several times faster than that can be parsed.
 *
 * The JSONL is the truth, this only a copy that may be deleted at any time. It is used only if the stamp in it is that of
 * the JSONL as it stands now and all checksums hold; otherwise it does not exist.
 *
 * Layout, little-endian: `ordealc2`; length and CRC-32 of the header, 4 bytes each; the header, in JSON, with name, length
 * and CRC-32 of each section; the sections, one after another. `c2` is the version: any change of layout changes it, and
 * columns of another version do not exist either.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { decodeValues, type Dictionary, encodeValues } from './dictionary.ts';
import type { Value } from './event.ts';
import type { History, IndexedEvent } from './history.ts';
import { parseJson, stringifyJson } from './json.ts';
import { isSameStamp, type Stamp, stampOf } from './stamp.ts';

const MAGIC = Buffer.from('ordealc2');
const HEAD_BYTES = MAGIC.length + 8;

/** Sections of the columns proper, and how each is made from its shared memory. */
const COLUMNS = {
  process: Int32Array,
  invoke: Int32Array,
  complete: Int32Array,
  outcome: Uint8Array,
  f: Uint8Array,
  key: Int32Array,
  input: Int32Array,
  output: Int32Array,
  first: Int32Array,
  second: Int32Array,
  invokeNs: Float64Array,
  completeNs: Float64Array,
  node: Uint16Array,
  error: Int32Array,
} as const;
type ColumnName = keyof typeof COLUMNS;
const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

interface Header {
  readonly of: Stamp;
  readonly count: number;
  readonly events: number;
  readonly sections: readonly { readonly name: string; readonly bytes: number; readonly crc: number }[];
}

/** `history.jsonl` -> `history.columns`. */
export function columnsPath(path: string): string {
  return `${path.replace(/\.jsonl$/, '')}.columns`;
}

/** Writes the columns of the history that was read from `path` when its stamp was `stamp`. Atomic. */
export function writeColumns(history: History, path: string, stamp: Stamp): void {
  const sections = sectionsOf(history);
  const header: Header = {
    of: stamp,
    count: history.count,
    events: history.events,
    sections: sections.map(({ name, bytes }) => ({ name, bytes: bytes.byteLength, crc: crc32(bytes) })),
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt32LE(headerBytes.length, MAGIC.length);
  head.writeUInt32LE(crc32(headerBytes), MAGIC.length + 4);
  const scratch = `${columnsPath(path)}.${process.pid}.part`;
  try {
    writeFile(scratch, [head, headerBytes, ...sections.map(({ bytes }) => bytes)]);
    renameSync(scratch, columnsPath(path));
  } finally {
    rmSync(scratch, { force: true });
  }
}

/** The history of the JSONL file at `path`, if columns beside it are whole and of that very file. */
export function readColumns(path: string): History | undefined {
  let fd: number;
  try {
    fd = openSync(columnsPath(path), 'r');
  } catch {
    return undefined;
  }
  try {
    const header = readHeader(fd);
    if (header === undefined || !existsSync(path) || !isSameStamp(header.of, stampOf(path))) return undefined;
    const sections = readSections(fd, header);
    return sections && historyOf(header, sections);
  } finally {
    closeSync(fd);
  }
}

function sectionsOf(history: History): { name: string; bytes: Uint8Array }[] {
  const named = (name: string, array: ArrayBufferView) => ({
    name,
    bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
  });
  const dictionary = (name: string, values: readonly (Value | undefined)[]) =>
    Object.entries(encodeValues(values)).map(([part, array]) => named(`${name}.${part}`, array as Uint8Array));
  const { fs, nodes, errors, nemesis } = history;
  const rest = { fs, nodes: nodes.slice(1), errors: errors.slice(1), nemesis } as unknown as Value;
  return [
    ...COLUMN_NAMES.map((name) => named(name, history[name])),
    ...dictionary('keys', history.keys),
    ...dictionary('values', history.values),
    named('rest', Buffer.from(stringifyJson(rest))),
  ];
}

function historyOf(header: Header, sections: ReadonlyMap<string, SharedArrayBuffer>): History {
  const section = (name: string) => {
    const found = sections.get(name);
    if (found === undefined) throw new Error(`columns of version ${MAGIC.toString()} without section ${name}`);
    return found;
  };
  const dictionary = (name: string): Dictionary => ({
    kinds: new Uint8Array(section(`${name}.kinds`)),
    as: new Int32Array(section(`${name}.as`)),
    bs: new Int32Array(section(`${name}.bs`)),
    others: new Uint8Array(section(`${name}.others`)),
  });
  const columns = COLUMN_NAMES.map((name) => [name, columnOf(name, section(name))] as const);
  const rest = parseJson(new Uint8Array(section('rest'))) as unknown as Rest;
  return {
    count: header.count,
    events: header.events,
    ...(Object.fromEntries(columns) as unknown as Pick<History, ColumnName>),
    keys: decodeValues(dictionary('keys')),
    values: decodeValues(dictionary('values')) as Value[],
    fs: rest.fs,
    nodes: [undefined, ...rest.nodes],
    errors: [undefined, ...rest.errors],
    nemesis: rest.nemesis,
  };
}

function columnOf(name: ColumnName, buffer: SharedArrayBuffer): History[ColumnName] {
  const Column: new (buffer: SharedArrayBuffer) => History[ColumnName] = COLUMNS[name];
  return new Column(buffer);
}

interface Rest {
  readonly fs: string[];
  readonly nodes: string[];
  readonly errors: string[];
  readonly nemesis: IndexedEvent[];
}

function readHeader(fd: number): Header | undefined {
  const head = Buffer.alloc(HEAD_BYTES);
  if (readSync(fd, head) < HEAD_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const length = head.readUInt32LE(MAGIC.length);
  if (length > fstatSync(fd).size) return undefined;
  const bytes = Buffer.alloc(length);
  if (readSync(fd, bytes) < length || crc32(bytes) !== head.readUInt32LE(MAGIC.length + 4)) return undefined;
  return JSON.parse(bytes.toString()) as Header;
}

/** All sections, or nothing if one is short or damaged. */
function readSections(fd: number, header: Header): Map<string, SharedArrayBuffer> | undefined {
  const sections = new Map<string, SharedArrayBuffer>();
  for (const { name, bytes, crc } of header.sections) {
    const buffer = new SharedArrayBuffer(bytes);
    const target = new Uint8Array(buffer);
    for (let filled = 0; filled < bytes;) {
      const n = readSync(fd, target, filled, bytes - filled, null);
      if (n === 0) return undefined;
      filled += n;
    }
    if (crc32(target) !== crc) return undefined;
    sections.set(name, buffer);
  }
  return sections;
}

function writeFile(path: string, parts: readonly Uint8Array[]): void {
  const fd = openSync(path, 'w');
  try {
    for (const part of parts) {
      for (let written = 0; written < part.length;) written += writeSync(fd, part, written);
    }
  } finally {
    closeSync(fd);
  }
}
