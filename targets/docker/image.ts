/**
 * The image that nodes run: there already, built from a folder, or pulled.
 *
 * A built image carries the hash of its folder in a label, so that an edited Dockerfile is built again and an unchanged
 * one costs a single inspect. The engine reports a failed build or pull as a line of an otherwise successful stream,
 * which dockerode's helper reads over; so the stream is read here, and its last lines make the `Problem`.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { Problem } from '../../results/index.ts';
import type { ImageSource } from '../target.ts';
import type { Engine } from './engine.ts';
import { sentenceOf, statusOf, unless } from './errors.ts';

export interface Image {
  /** What was asked for: `ordeal-etcd:latest`. */
  readonly ref: string;
  /** `sha256:...`, of the local image. */
  readonly id: string;
  /** `repository@sha256:...`, where it came from a registry. */
  readonly digest?: string;
}

type Progress = (message: string) => void;

const SOURCE = 'ordeal.source';

/** Finds, builds or pulls. Rejects with a `Problem` that ends in the last lines the engine said. */
export async function ensureImage(
  engine: Engine,
  source: ImageSource,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Image> {
  if ('ref' in source) {
    const present = await find(engine, source.ref);
    if (present !== null) return present.image;
    await pull(engine, source.ref, onProgress, signal);
    return required(engine, source.ref);
  }
  const hash = contentHash(source.build);
  const present = await find(engine, source.tag);
  if (present?.source === hash) return present.image;
  await build(engine, source, hash, onProgress, signal);
  const built = await required(engine, source.tag);
  if (present !== null && present.image.id !== built.id) await discard(engine, present.image.id);
  return built;
}

async function find(engine: Engine, ref: string): Promise<{ image: Image; source: string | undefined } | null> {
  try {
    const info = await engine.docker.getImage(ref).inspect();
    const digest = (info.RepoDigests as string[] | null)?.[0];
    const labels = info.Config.Labels as Record<string, string> | null;
    return {
      image: { ref, id: info.Id, ...(digest === undefined ? {} : { digest }) },
      source: labels?.[SOURCE],
    };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

async function required(engine: Engine, ref: string): Promise<Image> {
  const found = await find(engine, ref);
  if (found === null) throw new Error(`the engine made ${ref} and does not know it`);
  return found.image;
}

/** Removes the image that a newer one took the tag from, unless a container still uses it. Its layers stay for the next build. */
async function discard(engine: Engine, id: string): Promise<void> {
  await unless([404, 409], engine.docker.getImage(id).remove({ noprune: true }));
}

async function pull(engine: Engine, ref: string, onProgress: Progress, signal: AbortSignal): Promise<void> {
  onProgress(`pulling ${ref}`);
  try {
    const stream = await engine.docker.pull(ref, { abortSignal: signal });
    await follow(stream, (line) => onProgress(`${ref}: ${line}`));
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem(
      `The image ${ref} is not here and cannot be pulled: ${sentenceOf(error)}`,
      `See what \`docker pull ${ref}\` says, or name another image with --image.`,
      { cause: error },
    );
  }
}

async function build(
  engine: Engine,
  source: { readonly build: string; readonly tag: string },
  hash: string,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<void> {
  onProgress(`building ${source.tag}`);
  try {
    const stream = await engine.docker.buildImage(
      { context: source.build, src: readdirSync(source.build) },
      { t: source.tag, labels: { [SOURCE]: hash }, forcerm: true, abortSignal: signal },
    );
    await follow(stream, (line) => onProgress(`${source.tag}: ${line}`));
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem(
      `The image ${source.tag} cannot be built from ${source.build}: ${sentenceOf(error)}`,
      await buildRemedy(engine, source.build),
      { cause: error },
    );
  }
}

/** A build fails on its first line where the base image is missing and cannot be had; there is a way around that. */
async function buildRemedy(engine: Engine, folder: string): Promise<string> {
  const base = /^FROM\s+(?:--\S+\s+)*(\S+)/im.exec(readFileSync(join(folder, 'Dockerfile'), 'utf8'))?.[1];
  if (base === undefined || (await find(engine, base)) !== null) {
    return 'Mend what the last lines say; a step that downloads needs a network and, behind a proxy, its settings.';
  }
  const suite = /^debian:(\w+)/.exec(base)?.[1];
  if (suite === undefined) return `Get the base image first: docker pull ${base}.`;
  return `Get the base image first: \`docker pull ${base}\`, or make it without a registry: \`sudo debootstrap --variant=minbase ${suite} rootfs && sudo tar -C rootfs -c . | docker import - ${base}\`.`;
}

const Line = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  progress: z.string().optional(),
  error: z.string().optional(),
});

const LAST_LINES = 12;

/** Reads the engine's progress to its end; throws at a line that reports an error, with the lines before it. */
async function follow(stream: NodeJS.ReadableStream, onLine: Progress): Promise<void> {
  const last: string[] = [];
  for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (text.trim() === '') continue;
    const { error, ...line } = Line.parse(JSON.parse(text));
    if (error !== undefined) throw new Error([error.trim(), ...last].join('\n  '));
    const said = (line.stream ?? [line.id, line.status, line.progress].filter(Boolean).join(' ')).trim();
    if (said === '') continue;
    onLine(said.split('\n').at(-1) ?? said);
    // Bars of a download are news for the terminal, not for the end of a log.
    if (line.progress === undefined) last.push(...said.split('\n'));
    last.splice(0, last.length - LAST_LINES);
  }
}

/** Hash over the names, modes and contents of a folder's files. */
function contentHash(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    const stat = statSync(path);
    if (!stat.isFile()) continue;
    const executable = (stat.mode & 0o111) !== 0;
    hash.update(`${name}\0${String(executable)}\0${stat.size}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}
