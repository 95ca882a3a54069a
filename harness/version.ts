import { createRequire } from 'node:module';

/** The version of ordeal, from package.json: beside the floors of the sources, above those of the compiled code. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const require = createRequire(import.meta.url);
  const { version } = require(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json') as {
    version: string;
  };
  return version;
}
