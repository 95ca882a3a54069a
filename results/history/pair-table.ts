/**
 * Ids of pairs of 32-bit integers: the arguments of cas operations, nearly all composite values there are.
 *
 * Open addressing; a slot holds a pair's number + 1.
 */
export class PairTable {
  #slots = new Int32Array(1024);
  #as = new Int32Array(512);
  #bs = new Int32Array(512);
  #ids = new Int32Array(512);
  #count = 0;

  get(a: number, b: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash(a, b) & mask; ; slot = (slot + 1) & mask) {
      const pair = this.#slots[slot]! - 1;
      if (pair < 0) return -1;
      if (this.#as[pair] === a && this.#bs[pair] === b) return this.#ids[pair]!;
    }
  }

  add(a: number, b: number, id: number): void {
    if (this.#count === this.#as.length) this.#grow();
    const pair = this.#count++;
    this.#as[pair] = a;
    this.#bs[pair] = b;
    this.#ids[pair] = id;
    this.#place(pair);
  }

  #place(pair: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash(this.#as[pair]!, this.#bs[pair]!) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = pair + 1;
  }

  #grow(): void {
    const size = this.#count * 2;
    this.#as = enlarged(this.#as, size);
    this.#bs = enlarged(this.#bs, size);
    this.#ids = enlarged(this.#ids, size);
    this.#slots = new Int32Array(size * 2);
    for (let pair = 0; pair < this.#count; pair++) this.#place(pair);
  }
}

function hash(a: number, b: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function enlarged(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(size);
  grown.set(array);
  return grown;
}
