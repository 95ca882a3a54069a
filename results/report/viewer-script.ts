/**
 * The viewer as one script, to be put into a page.
 *
 * The build bundles it beside this file (`viewer.js`). Run from source, as by the tests, there is no such file, and it is
 * bundled here and now.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Problem } from '../problem.ts';

const built = new URL('./viewer.js', import.meta.url);

let script: Promise<string> | undefined;

export function viewerScript(): Promise<string> {
  return (script ??= existsSync(built) ? readFile(built, 'utf8') : bundle());
}

async function bundle(): Promise<string> {
  if (!import.meta.url.endsWith('.ts')) {
    throw new Problem('The viewer of reports was not built.', 'Build it with `npm run build`.');
  }
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./viewer/main.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  });
  const [file] = outputFiles;
  if (!file) throw new Error('esbuild wrote nothing for viewer/main.ts');
  return file.text;
}

export function viewerStyle(): Promise<string> {
  return readFile(new URL('./viewer/page.css', import.meta.url), 'utf8');
}
