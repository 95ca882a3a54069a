import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../results/index.ts';
import { findEngine, type Engine } from './engine.ts';
import { ensureImage } from './image.ts';

let engine: Engine;
const tag = `ordeal-test-image-${process.pid}`;
const signal = AbortSignal.timeout(60_000);
let folder = '';

describe('images', () => {
  beforeAll(async () => {
    engine = await findEngine();
    folder = await mkdtemp(join(tmpdir(), 'ordeal-image-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
    await engine.docker.getImage(tag).remove({ force: true });
  });

  async function build(dockerfile: string) {
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    const said: string[] = [];
    const image = await ensureImage(engine, { build: folder, tag }, (line) => said.push(line), signal);
    return { image, said };
  }

  async function problem(work: Promise<unknown>): Promise<Problem> {
    const error = await work.catch((thrown: unknown) => thrown);
    if (!(error instanceof Problem)) throw new Error('expected a Problem', { cause: error });
    return error;
  }

  it('builds once, and again only when the folder changed', async () => {
    const first = await build('FROM debian:bookworm-slim\nRUN echo one > /one\n');
    expect(first.said[0]).toBe(`building ${tag}`);
    expect(first.image).toMatchObject({ ref: tag, id: expect.stringMatching(/^sha256:/) as string });

    const second = await build('FROM debian:bookworm-slim\nRUN echo one > /one\n');
    expect(second.said).toEqual([]);
    expect(second.image.id).toBe(first.image.id);

    await writeFile(join(folder, 'extra.sh'), 'echo\n');
    const third = await build('FROM debian:bookworm-slim\nRUN echo one > /one\nCOPY extra.sh /\n');
    expect(third.said[0]).toBe(`building ${tag}`);
    expect(third.image.id).not.toBe(first.image.id);
    await expect(engine.docker.getImage(first.image.id).inspect()).rejects.toThrow(/no such image/i);
  });

  it('ends in the last lines where a step fails, which the engine reports inside a successful answer', async () => {
    const { message } = await problem(build('FROM debian:bookworm-slim\nRUN echo deep trouble && exit 9\n'));
    expect(message).toContain('returned a non-zero code: 9');
    expect(message).toContain('deep trouble');
  });

  it('tells how to make the base image where it cannot be pulled', async () => {
    const { remedy } = await problem(build('FROM debian:bookworm-ordeal-none\nRUN true\n'));
    expect(remedy).toContain('debootstrap --variant=minbase bookworm');
    expect(remedy).toContain('docker import - debian:bookworm-ordeal-none');
  });

  it('uses an image that is here, without asking a registry', async () => {
    const said: string[] = [];
    const image = await ensureImage(engine, { ref: 'debian:bookworm-slim' }, (line) => said.push(line), signal);
    expect(image.id).toMatch(/^sha256:/);
    expect(said).toEqual([]);
  });

  it('tells what the registry said where an image can be neither found nor pulled', async () => {
    const { message } = await problem(ensureImage(engine, { ref: '127.0.0.1:1/none:1' }, () => undefined, signal));
    expect(message).toMatch(/127\.0\.0\.1:1\/none:1 is not here and cannot be pulled: .*connection refused/);
  });
});
