/**
 * What containers print: Docker's log stream, taken apart.
 *
 * Without a terminal, the engine packs output into frames of eight bytes of header (stream, three zeros, length) and a
 * payload, so that stdout and stderr share one connection.
 */
import type { Container } from 'dockerode';

/** Both streams in the order in which they were written, and each alone. */
export interface Output {
  readonly all: string;
  readonly stdout: string;
  readonly stderr: string;
}

const HEADER = 8;

export function demultiplex(data: Buffer): Output {
  const all: Buffer[] = [];
  const parts: [Buffer[], Buffer[]] = [[], []];
  for (let at = 0; at + HEADER <= data.length;) {
    const stream = data[at];
    const end = at + HEADER + data.readUInt32BE(at + 4);
    if ((stream !== 0 && stream !== 1 && stream !== 2) || data.readUIntBE(at + 1, 3) !== 0) {
      // A container with a terminal has no frames: the bytes are its output.
      const text = data.toString();
      return { all: text, stdout: text, stderr: '' };
    }
    const payload = data.subarray(at + HEADER, end);
    all.push(payload);
    parts[stream === 2 ? 1 : 0].push(payload);
    at = end;
  }
  const text = (buffers: Buffer[]): string => Buffer.concat(buffers).toString();
  return { all: text(all), stdout: text(parts[0]), stderr: text(parts[1]) };
}

/** The last `lines` of a container's log, `Infinity` for all that the engine keeps; also of one that has ended. */
export async function readLog(container: Container, lines: number): Promise<string> {
  const tail = Number.isFinite(lines) ? { tail: lines } : {};
  const raw: unknown = await container.logs({ stdout: true, stderr: true, ...tail });
  // dockerode parses whatever looks like JSON, which the output of a container with a terminal may.
  if (!Buffer.isBuffer(raw)) return JSON.stringify(raw);
  return demultiplex(raw).all;
}
