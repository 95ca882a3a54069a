/**
 * Machine code as an assembler prints it: the bytes and, beside them, the instruction they are.
 *
 * The stubs are short and never change but for their data, so they stand in the sources as a listing: a reader sees the
 * assembly, the program sees the bytes, and a test lets GNU as assemble the text again and compares. One instruction
 * a line, `<hex bytes>  <assembly>`; a line that ends in a colon is a label.
 */
export interface Listing {
  readonly code: Uint8Array;
  /** Offset of each label in `code`. */
  readonly labels: ReadonlyMap<string, number>;
  /** The assembly alone, to assemble it again. */
  readonly source: string;
}

export function listing(text: string): Listing {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const code: number[] = [];
  const labels = new Map<string, number>();
  const source: string[] = [];
  for (const line of lines) {
    if (line.endsWith(':')) {
      labels.set(line.slice(0, -1), code.length);
      source.push(line);
      continue;
    }
    const [, hex, assembly] = /^((?:[0-9a-f]{2})+)\s+(.+)$/.exec(line) ?? [];
    if (hex === undefined || assembly === undefined) throw new Error(`not a line of a listing: ${line}`);
    code.push(...Buffer.from(hex, 'hex'));
    source.push(assembly);
  }
  return { code: Uint8Array.from(code), labels, source: source.join('\n') };
}
