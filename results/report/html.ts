/**
 * The HTML report: one file that explains a run, offline, with the whole history inside.
 *
 * The verdict stands in the page itself, so it is there before any script runs; everything else the viewer draws from the
 * block of columns that lies, gzipped and in base64, in a template at the tail. Nothing from the system under test is
 * ever markup: in the block it is bytes, in the page it is text.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { compile } from './compile.ts';
import { htmlDocument } from './document.ts';
import { readRunFolder } from './run-folder.ts';
import { viewerScript, viewerStyle } from './viewer-script.ts';

/** Measured on a million operations: level 6 takes four times as long and saves two percent. */
const GZIP_LEVEL = 4;

/**
 * Writes `report.html` into a run's folder and returns its path. Throws a `Problem` when the folder holds no history, or
 * files that cannot be read.
 */
export async function writeReport(folder: string): Promise<string> {
  const [run, script, style] = await Promise.all([readRunFolder(folder), viewerScript(), viewerStyle()]);
  const { header, block } = compile(run);
  const packed = await promisify(gzip)(block, { level: GZIP_LEVEL });
  const path = join(folder, 'report.html');
  const draft = `${path}.part`;
  await writeFile(draft, htmlDocument({ header, script, style, block: packed.toString('base64') }));
  await rename(draft, path);
  return path;
}
