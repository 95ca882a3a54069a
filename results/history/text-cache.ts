/**
 * Ids of texts met before, found by their raw bytes: a name, key or value that comes again costs a hash of its bytes, no
 * string and no parsing.
 *
 * What a text means is up to the caller; two texts may mean the same. Bounded: past the bounds nothing new is remembered.
 */
const MAX_TEXT_BYTES = 64;
const MAX_TEXTS = 2 ** 20;

export class TextCache {
  /** A text's number + 1; 0 is free. */
  #slots = new Int32Array(256);
  #hashes = new Int32Array(128);
  #starts = new Int32Array(129);
  #ids = new Int32Array(128);
  #pool = new Uint8Array(2048);
  #count = 0;

  /** The id remembered for `bytes[start, end)`; -1 if there is none. */
  get(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > MAX_TEXT_BYTES) return -1;
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const text = this.#slots[slot]! - 1;
      if (text < 0) return -1;
      if (this.#hashes[text] === hash && this.#isText(text, bytes, start, length)) return this.#ids[text]!;
    }
  }

  /** Remembers a text that `get` did not find. */
  add(bytes: Uint8Array, start: number, end: number, id: number): void {
    if (end - start > MAX_TEXT_BYTES || this.#count >= MAX_TEXTS) return;
    if (this.#count === this.#ids.length) this.#grow();
    const text = this.#count++;
    const at = this.#starts[text]!;
    if (at + end - start > this.#pool.length) {
      const pool = new Uint8Array(this.#pool.length * 2);
      pool.set(this.#pool);
      this.#pool = pool;
    }
    for (let i = start; i < end; i++) this.#pool[at + i - start] = bytes[i]!;
    this.#starts[text + 1] = at + end - start;
    this.#hashes[text] = hashOf(bytes, start, end);
    this.#ids[text] = id;
    this.#place(text);
  }

  #isText(text: number, bytes: Uint8Array, start: number, length: number): boolean {
    const at = this.#starts[text]!;
    if (this.#starts[text + 1]! - at !== length) return false;
    for (let i = 0; i < length; i++) if (this.#pool[at + i] !== bytes[start + i]) return false;
    return true;
  }

  #place(text: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[text]! & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = text + 1;
  }

  #grow(): void {
    const size = this.#count * 2;
    this.#hashes = copied(this.#hashes, size);
    this.#starts = copied(this.#starts, size + 1);
    this.#ids = copied(this.#ids, size);
    this.#slots = new Int32Array(size * 2);
    for (let text = 0; text < this.#count; text++) this.#place(text);
  }
}

/** FNV-1a, mixed once more since the table uses the low bits. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function copied(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(size);
  copy.set(array);
  return copy;
}
